/** By the server's stable `code`; params are interpolated. `unknown` shows the server's English message. */
export default {
  unknown: "出错了：{{message}}",
  code: "错误代码 {{code}}，请求编号 {{request_id}}",
  network: "连不上服务器。已画的内容都保存在本机，恢复后会自动送出。",
  http_401: "登录已过期，请重新登录。",
  http_403: "你没有这项权限。",
  http_404: "没有找到。",
  http_413: "文件太大。",
  http_429: "操作太频繁，请稍等再试。",
  http_500: "服务器出错。请把错误代码告诉管理员。",
  http_502: "服务器正在重启，请稍等。",
  http_503: "服务器暂时不可用，请稍等。",
};
