import type {
  IChartApiBase,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitiveBase,
  Logical,
  SeriesAttachedParameter,
  SeriesType,
} from "lightweight-charts";

type Renderer = NonNullable<ReturnType<IPrimitivePaneView["renderer"]>>;

/** Where things are while a layer draws, in px of the page. */
export interface Sight {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** First and last bar in view, whole numbers. */
  readonly from: number;
  readonly to: number;
  /** Px from bar to bar. */
  readonly spacing: number;
  x(bar: number): number;
  y(price: number): number;
}

/** Draws on the pane of the series it is attached to: `below` under the series, `above` over them. */
export class Layer implements ISeriesPrimitiveBase<SeriesAttachedParameter<number, SeriesType>> {
  #chart: IChartApiBase<number> | undefined;
  #series: ISeriesApi<SeriesType, number> | undefined;
  #request: (() => void) | undefined;
  readonly #views: readonly IPrimitivePaneView[];

  constructor(below: (sight: Sight) => void, above: (sight: Sight) => void) {
    this.#views = [
      { zOrder: () => "bottom", renderer: () => this.#renderer(below) },
      { zOrder: () => "top", renderer: () => this.#renderer(above) },
    ];
  }

  attached(parameters: SeriesAttachedParameter<number, SeriesType>): void {
    this.#chart = parameters.chart;
    this.#series = parameters.series;
    this.#request = parameters.requestUpdate;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  /** Draws again. */
  update(): void {
    this.#request?.();
  }

  #renderer(draw: (sight: Sight) => void): Renderer {
    return {
      draw: (target) => {
        const scale = this.#chart?.timeScale();
        const series = this.#series;
        const range = scale?.getVisibleLogicalRange();
        if (scale === undefined || series === undefined || range === null || range === undefined) return;
        target.useMediaCoordinateSpace(({ context, mediaSize }) => {
          context.save();
          const nowhere = Number.NaN;
          // The library places whole bars only.
          const x = (bar: number): number => {
            const whole = Math.floor(bar);
            return (scale.logicalToCoordinate(whole as Logical) ?? nowhere) + (bar - whole) * spacing;
          };
          const spacing = scale.options().barSpacing;
          draw({
            context,
            width: mediaSize.width,
            height: mediaSize.height,
            from: Math.floor(range.from),
            to: Math.ceil(range.to),
            spacing,
            x,
            y: (price) => series.priceToCoordinate(price) ?? nowhere,
          });
          context.restore();
        });
      },
    };
  }
}
