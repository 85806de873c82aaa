export default {
  product: "通关",
  loading: "正在载入…",
  retry: "再试一次",
  close: "关闭",
  cancel: "取消",
  save: "保存",
  undo: "撤销",
  copy: "复制",
  copied: "已复制",
  language: "语言",
  theme: { label: "外观", system: "跟随系统", light: "浅色", dark: "深色" },
  notFound: { title: "没有这个页面", hint: "地址可能写错了，或者内容已被移走。", home: "回到首页" },
};
