import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef } from "react";
import { useTheme } from "./theme";

interface Props {
  option: EChartsCoreOption;
  height?: number;
  /** What the chart shows, for those who can't see it. */
  label: string;
}

/** ECharts, loaded when the first chart is shown, redrawn when its box or the theme changes. */
export function Chart({ option, height = 240, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { resolved } = useTheme();

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let gone = false;
    let dispose = () => {};
    void import("echarts").then((echarts) => {
      if (gone) return;
      const chart = echarts.init(element, resolved === "dark" ? "dark" : undefined);
      chart.setOption({ backgroundColor: "transparent", animation: false, ...option });
      const observer = new ResizeObserver(() => chart.resize());
      observer.observe(element);
      dispose = () => {
        observer.disconnect();
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      dispose();
    };
  }, [option, resolved]);

  return <div ref={box} role="img" aria-label={label} style={{ height, width: "100%" }} />;
}
