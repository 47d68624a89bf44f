using System.Buffers;
using System.Globalization;
using System.Text;

namespace Llumnix.Server.Telemetry;

/// <summary>
/// Repeats the metrics of a page in Prometheus' text format under names of our own and in base units: <c>llumnix_</c> and the name, with <c>_seconds</c> in
/// place of <c>_milliseconds</c> and <c>_ratio</c> in place of <c>_percent</c>. The original names are those of existing dashboards.
/// </summary>
internal static class BaseUnitNames
{
    /// <summary>Begins each of these names.</summary>
    internal const string Prefix = "llumnix_";

    /// <summary>How a help text tells its unit, and what it tells in base units.</summary>
    private static readonly (string Unit, string BaseUnit)[] HelpUnits = [("in milliseconds", "in seconds"), ("in percent", "as a ratio from 0 to 1")];

    /// <summary>Endings of names, by unit. The predictions' names have no unit; they are milliseconds.</summary>
    private static readonly (string Ending, string BaseEnding, int Divisor)[] Endings =
    [
        ("_milliseconds", "_seconds", 1000),
        ("_percent", "_ratio", 100),
        ("_predicted_ttft", "_predicted_ttft_seconds", 1000),
        ("_predicted_tpot", "_predicted_tpot_seconds", 1000),
    ];

    /// <summary>The page, and after it the same metrics by their names in base units.</summary>
    /// <param name="page">
    /// A page in Prometheus' text format, UTF-8, each sample without a timestamp and each family with its help and type before its samples.
    /// </param>
    internal static ReadOnlyMemory<byte> Append(ReadOnlySpan<byte> page)
    {
        var text = new ArrayBufferWriter<byte>((2 * page.Length) + (page.Length / 4) + 256);
        text.Write(page);
        Family? family = null;
        foreach (Range range in page.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = page[range];
            if (line.StartsWith("# HELP "u8))
            {
                family = Family.Of(Encoding.UTF8.GetString(NameIn(line[7..])));
                family?.WriteHelp(text, line);
            }
            else if (line.StartsWith("# TYPE "u8))
            {
                family?.WriteType(text, line);
            }
            else if (!line.IsEmpty)
            {
                family?.WriteSample(text, line);
            }
        }

        return text.WrittenMemory;
    }

    /// <summary>The name in base units; null for metrics that every .NET process or our own convention names already.</summary>
    internal static string? Find(string name) => Family.Of(name)?.Alias;

    private static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)' ');
        return end < 0 ? text : text[..end];
    }

    /// <summary>A metric with both of its names.</summary>
    private sealed record Family(string Name, string Alias, int Divisor)
    {
        private readonly byte[] _alias = Encoding.UTF8.GetBytes(Alias);

        internal static Family? Of(string name)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal)
                || name.StartsWith("dotnet_", StringComparison.Ordinal)
                || name.StartsWith("process_", StringComparison.Ordinal))
            {
                return null;
            }

            foreach ((string ending, string baseEnding, int divisor) in Endings)
            {
                if (name.EndsWith(ending, StringComparison.Ordinal))
                {
                    return new Family(name, $"{Prefix}{name[..^ending.Length]}{baseEnding}", divisor);
                }
            }

            return new Family(name, Prefix + name, 1);
        }

        internal void WriteHelp(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> line)
        {
            string help = Encoding.UTF8.GetString(line[Math.Min(line.Length, 7 + Name.Length)..]);
            foreach ((string unit, string baseUnit) in HelpUnits)
            {
                help = Divisor == 1 ? help : help.Replace(unit, baseUnit, StringComparison.Ordinal);
            }

            text.Write("# HELP "u8);
            text.Write(_alias);
            text.Write(Encoding.UTF8.GetBytes(help));
            text.Write("\n"u8);
        }

        internal void WriteType(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> line)
        {
            text.Write("# TYPE "u8);
            text.Write(_alias);
            text.Write(line[(7 + Name.Length)..]);
            text.Write("\n"u8);
        }

        internal void WriteSample(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> line)
        {
            text.Write(_alias);
            ReadOnlySpan<byte> rest = line[Name.Length..];
            if (Divisor == 1)
            {
                text.Write(rest);
            }
            else if (rest.StartsWith("_bucket"u8))
            {
                WriteBucket(text, rest);
            }
            else if (rest.StartsWith("_count"u8))
            {
                text.Write(rest);
            }
            else
            {
                int value = rest.LastIndexOf((byte)' ') + 1;
                text.Write(rest[..value]);
                WriteDivided(text, rest[value..]);
            }

            text.Write("\n"u8);
        }

        /// <summary>A bucket's label is in units; its value is a count.</summary>
        private void WriteBucket(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> rest)
        {
            int start = rest.LastIndexOf("le=\""u8) + 4;
            int length = rest[start..].IndexOf((byte)'"');
            text.Write(rest[..start]);
            WriteDivided(text, rest.Slice(start, length));
            text.Write(rest[(start + length)..]);
        }

        /// <summary>In decimals, so that 0.05 ms becomes 0.00005 s; what is no such number (+Inf, NaN, beyond decimals) is divided in binary.</summary>
        private void WriteDivided(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> number)
        {
            if (decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value))
            {
                text.Write(Encoding.UTF8.GetBytes((value / Divisor).ToString(CultureInfo.InvariantCulture)));
            }
            else if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double large) && double.IsFinite(large))
            {
                text.Write(Encoding.UTF8.GetBytes((large / Divisor).ToString(CultureInfo.InvariantCulture)));
            }
            else
            {
                text.Write(number);
            }
        }
    }
}
