using System.Globalization;
using System.Net;
using System.Text;

namespace Llumnix.Cli.Simulate;

/// <summary>A plot as inline SVG: lines over two linear axes.</summary>
internal sealed class SvgPlot
{
    private const int Width = 560;
    private const int Height = 320;
    private const int Left = 60;
    private const int Bottom = 45;
    private const int Top = 30;
    private const int Right = 15;
    private const int Ticks = 5;

    private static readonly string[] Colors =
        ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"];

    private readonly string _title;
    private readonly string _xLabel;
    private readonly string _yLabel;
    private readonly List<(string Name, (double X, double Y)[] Points)> _lines = [];

    internal SvgPlot(string title, string xLabel, string yLabel) => (_title, _xLabel, _yLabel) = (title, xLabel, yLabel);

    /// <summary>Right end of the x axis; null: the largest value.</summary>
    internal double? MaxX { get; init; }

    /// <summary>Upper end of the y axis; null: the largest value.</summary>
    internal double? MaxY { get; init; }

    /// <summary>Left end of the x axis.</summary>
    internal double MinX { get; init; }

    /// <summary>Whether points are marked instead of joined.</summary>
    internal bool IsScatter { get; init; }

    internal void Add(string name, IEnumerable<(double X, double Y)> points) => _lines.Add((name, [.. points]));

    internal string Render()
    {
        var svg = new StringBuilder();
        double maxX = MaxX ?? Largest(static point => point.X, MinX + 1);
        double maxY = MaxY ?? Largest(static point => point.Y, 1);
        svg.Append(Invariant($"<svg class=\"plot\" viewBox=\"0 0 {Width} {Height + (18 * _lines.Count)}\" width=\"{Width}\" height=\"{Height + (18 * _lines.Count)}\" role=\"img\">"));
        svg.Append(Invariant($"<text x=\"{Width / 2}\" y=\"18\" text-anchor=\"middle\" class=\"title\">{Text(_title)}</text>"));
        AppendAxes(svg, maxX, maxY);
        for (int i = 0; i < _lines.Count; i++)
        {
            AppendLine(svg, i, maxX, maxY);
        }

        return svg.Append("</svg>").ToString();
    }

    private void AppendAxes(StringBuilder svg, double maxX, double maxY)
    {
        svg.Append(Invariant($"<rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\" class=\"frame\"/>"));
        for (int i = 0; i <= Ticks; i++)
        {
            double share = (double)i / Ticks;
            double x = X(MinX + (share * (maxX - MinX)), maxX);
            double y = Y(share * maxY, maxY);
            svg.Append(Invariant($"<line x1=\"{x:0.#}\" y1=\"{Top}\" x2=\"{x:0.#}\" y2=\"{Height - Bottom}\" class=\"grid\"/>"));
            svg.Append(Invariant($"<line x1=\"{Left}\" y1=\"{y:0.#}\" x2=\"{Width - Right}\" y2=\"{y:0.#}\" class=\"grid\"/>"));
            svg.Append(Invariant($"<text x=\"{x:0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{MinX + (share * (maxX - MinX)):0.##}</text>"));
            svg.Append(Invariant($"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{share * maxY:0.##}</text>"));
        }

        svg.Append(Invariant($"<text x=\"{Width / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Text(_xLabel)}</text>"));
        svg.Append(Invariant($"<text x=\"14\" y=\"{Height / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {Height / 2})\">{Text(_yLabel)}</text>"));
    }

    private void AppendLine(StringBuilder svg, int index, double maxX, double maxY)
    {
        (string name, (double X, double Y)[] points) = _lines[index];
        string color = Colors[index % Colors.Length];
        if (IsScatter)
        {
            foreach ((double x, double y) in points)
            {
                svg.Append(Invariant($"<circle cx=\"{X(x, maxX):0.#}\" cy=\"{Y(y, maxY):0.#}\" r=\"2\" fill=\"{color}\"/>"));
            }
        }
        else if (points.Length > 0)
        {
            svg.Append(Invariant($"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\" points=\""));
            foreach ((double x, double y) in points)
            {
                svg.Append(Invariant($"{X(x, maxX):0.#},{Y(y, maxY):0.#} "));
            }

            svg.Append("\"/>");
        }

        int legend = Height + (18 * index) + 6;
        svg.Append(Invariant($"<rect x=\"{Left}\" y=\"{legend - 9}\" width=\"12\" height=\"10\" fill=\"{color}\"/>"));
        svg.Append(Invariant($"<text x=\"{Left + 18}\" y=\"{legend}\">{Text(name)}</text>"));
    }

    private double X(double value, double max) =>
        Left + ((Width - Left - Right) * Math.Clamp((value - MinX) / Math.Max(1e-12, max - MinX), 0, 1));

    private static double Y(double value, double max) => Height - Bottom - ((Height - Top - Bottom) * Math.Clamp(value / Math.Max(1e-12, max), 0, 1));

    private double Largest(Func<(double X, double Y), double> value, double least) =>
        Math.Max(least, _lines.SelectMany(static line => line.Points).Select(value).Where(double.IsFinite).DefaultIfEmpty(least).Max());

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
