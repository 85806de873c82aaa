export default {
  product: "Tongguan",
  loading: "Loading…",
  retry: "Try again",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  undo: "Undo",
  copy: "Copy",
  copied: "Copied",
  language: "Language",
  theme: { label: "Appearance", system: "As the system", light: "Light", dark: "Dark" },
  notFound: {
    title: "No such page",
    hint: "The address may be mistyped, or the content was moved.",
    home: "To the home page",
  },
};
