export default {
  unknown: "Something went wrong: {{message}}",
  code: "Error code {{code}}, request {{request_id}}",
  network: "The server can't be reached. What you drew is kept on this machine and sent when it is back.",
  http_401: "Your session has ended. Please sign in again.",
  http_403: "You are not allowed to do this.",
  http_404: "Not found.",
  http_413: "The file is too large.",
  http_429: "Too many requests. Please wait a moment.",
  http_500: "The server failed. Please quote the error code to the administrator.",
  http_502: "The server is restarting. Please wait.",
  http_503: "The server is not available for the moment. Please wait.",
};
