using System.Globalization;
using System.Text;

namespace Llumnix.Adapters.Otlp;

/// <summary>Reads a page of our own in Prometheus' text format: each family with its help and type before its samples, no timestamps.</summary>
public static class PrometheusText
{
    /// <summary>The metrics of a page. A line that cannot be read is left out.</summary>
    /// <param name="page">The page, UTF-8.</param>
    public static IReadOnlyList<MetricFamily> Read(ReadOnlySpan<byte> page)
    {
        var families = new List<MetricFamily>();
        List<MetricSample> samples = [];
        string help = "";
        foreach (Range range in page.Split((byte)'\n'))
        {
            string line = Encoding.UTF8.GetString(page[range]);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                help = line[7..].Split(' ', 2) is [_, var text] ? text : "";
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                if (line.Split(' ') is [_, _, var name, var type])
                {
                    samples = [];
                    families.Add(new MetricFamily(name, type, help, samples));
                }

                help = "";
            }
            else if (families.Count > 0 && ReadSample(line) is { } sample && sample.Name.StartsWith(families[^1].Name, StringComparison.Ordinal))
            {
                samples.Add(sample);
            }
        }

        return families;
    }

    private static MetricSample? ReadSample(string line)
    {
        int end = line.LastIndexOf(' ');
        if (end <= 0 || line[0] == '#' || !TryReadValue(line.AsSpan(end + 1), out double value))
        {
            return null;
        }

        int brace = line.IndexOf('{', StringComparison.Ordinal);
        if (brace < 0)
        {
            return new MetricSample(line[..end], [], value);
        }

        return ReadLabels(line.AsSpan(brace + 1, end - brace - 1)) is { } labels ? new MetricSample(line[..brace], labels, value) : null;
    }

    private static bool TryReadValue(ReadOnlySpan<char> text, out double value)
    {
        value = text switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, "NaN" => double.NaN, _ => 0 };
        return value != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <param name="text">What is between the braces, and the closing one.</param>
    private static List<KeyValuePair<string, string>>? ReadLabels(ReadOnlySpan<char> text)
    {
        var labels = new List<KeyValuePair<string, string>>();
        while (text.Length > 0 && text[0] != '}')
        {
            int equals = text.IndexOf("=\"");
            if (equals < 0)
            {
                return null;
            }

            string name = text[..equals].ToString();
            text = text[(equals + 2)..];
            var value = new StringBuilder();
            int at = 0;
            while (at < text.Length && text[at] != '"')
            {
                bool isEscape = text[at] == '\\' && at + 1 < text.Length;
                value.Append(isEscape ? text[at + 1] == 'n' ? '\n' : text[at + 1] : text[at]);
                at += isEscape ? 2 : 1;
            }

            if (at >= text.Length)
            {
                return null;
            }

            labels.Add(KeyValuePair.Create(name, value.ToString()));
            text = text[(at + 1)..].TrimStart(',');
        }

        return labels;
    }
}
