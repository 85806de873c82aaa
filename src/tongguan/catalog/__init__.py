"""Pure knowledge: media types, label kinds, file formats, metrics. No database, no HTTP."""
