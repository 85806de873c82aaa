"""HTTP: wiring only. Stages bring their routers; this room adds sign-in, files, health, the web pages."""
