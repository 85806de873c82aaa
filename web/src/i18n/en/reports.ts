export default {
  title: "Reports",
  intro:
    "Writes what is so now, of the project or of an evaluation, as web page, Word and PDF. It never changes; make another for new figures.",
  subject: "Of",
  of: { project: "Project", evaluation: "Evaluation" },
  evaluation: "Evaluation number",
  language: "Language",
  make: "Make a report",
  none: "There is no report yet. Choose what and the language, then make one.",
  number: "Number",
  stateLabel: "State",
  state: { queued: "being made", done: "done", failed: "failed" },
  costs: "with costs",
  madeAt: "Facts as of",
  files: "Files",
  format: { html: "Page", docx: "Word", pdf: "PDF" },
};
