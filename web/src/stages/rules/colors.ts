/** Colours of Okabe and Ito, then of Tol: told apart by people with any colour vision, on grey pictures too. */
export const COLORS: readonly string[] = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#0072b2",
  "#d55e00",
  "#cc79a7",
  "#44aa99",
  "#882255",
  "#ddcc77",
  "#88ccee",
  "#117733",
];
