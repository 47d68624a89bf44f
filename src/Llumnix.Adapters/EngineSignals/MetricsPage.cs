using System.Buffers.Text;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>
/// Reads a page in Prometheus' text format as it arrives, and keeps only the series of <see cref="MetricNames"/>. Reused from page to page without
/// allocating. For one thread at a time.
/// </summary>
/// <remarks>
/// A line that is malformed or too long is skipped. Values that are not finite or below 0 are unknown. The parts that a page arrives in make no difference.
/// </remarks>
internal sealed class MetricsPage
{
    /// <summary>Longest line that is read.</summary>
    public const int MaxLineBytes = 8 * 1024;

    /// <summary>Largest number of data-parallel ranks; further ones are ignored.</summary>
    public const int MaxRanks = 1024;

    private readonly byte[] _begun = new byte[MaxLineBytes];
    private readonly RankRow _common = new();
    private readonly SortedList<int, RankRow> _rows = [];
    private int _begunLength;
    private bool _isTooLong;

    /// <summary>Which engine's series the page has shown so far.</summary>
    public EngineFace Face { get; private set; }

    /// <summary>Begins another page.</summary>
    public void Clear()
    {
        (_begunLength, _isTooLong, Face) = (0, false, EngineFace.Unknown);
        _common.Clear();
        for (int i = 0; i < _rows.Count; i++)
        {
            _rows.GetValueAtIndex(i).Clear();
        }
    }

    /// <summary>Reads the next part of the page.</summary>
    public void Append(ReadOnlySpan<byte> part)
    {
        while (part.IndexOf((byte)'\n') is >= 0 and int end)
        {
            if (_begunLength == 0 && !_isTooLong)
            {
                ReadLine(part[..end]);
            }
            else
            {
                Keep(part[..end]);
                EndLine();
            }

            part = part[(end + 1)..];
        }

        Keep(part);
    }

    /// <summary>Ends the page; its last line needs no line feed.</summary>
    public void Complete() => EndLine();

    /// <summary>Adds what the page says, in the order of the ranks.</summary>
    /// <param name="signals">One entry per rank is added.</param>
    /// <param name="configuredCapacity">KV capacity in tokens that the page does not change; null for the page's.</param>
    public void AddTo(List<RankSignals> signals, long? configuredCapacity = null)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            if (!_rows.GetValueAtIndex(i).IsEmpty)
            {
                signals.Add(_rows.GetValueAtIndex(i).ToSignals(_rows.GetKeyAtIndex(i), Face, _common, configuredCapacity));
            }
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (part.Length > MaxLineBytes - _begunLength)
        {
            _isTooLong = true;
        }

        if (!_isTooLong)
        {
            part.CopyTo(_begun.AsSpan(_begunLength));
            _begunLength += part.Length;
        }
    }

    private void EndLine()
    {
        if (!_isTooLong)
        {
            ReadLine(_begun.AsSpan(0, _begunLength));
        }

        (_begunLength, _isTooLong) = (0, false);
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.Length is 0 or > MaxLineBytes || line[0] is not ((byte)'v' or (byte)'s'))
        {
            return;
        }

        int end = line.IndexOfAny((byte)'{', (byte)' ', (byte)'\t');
        if (end < 0 || !MetricNames.TryFind(line[..end], out EngineFace face, out EngineMetric metric))
        {
            return;
        }

        var labels = default(SampleLabels);
        if (line[end] == '{')
        {
            if (!labels.TryRead(line[end..], out int length))
            {
                return;
            }

            end += length;
        }

        if (TryReadValue(line[end..], out double value))
        {
            Face = face;
            RowOf(metric, labels)?.Add(metric, value, labels);
        }
    }

    // After the value there may be a timestamp, or an exemplar.
    private static bool TryReadValue(ReadOnlySpan<byte> text, out double value)
    {
        text = text.Trim(" \t\r"u8);
        int end = text.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> number = end < 0 ? text : text[..end];
        ReadOnlySpan<byte> rest = end < 0 ? default : text[end..].TrimStart(" \t"u8);
        bool isRestFine = rest.Length == 0 || rest[0] == '#' || rest[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9');
        return Utf8Parser.TryParse(number, out value, out int used) && used == number.Length && double.IsFinite(value) && value >= 0 && isRestFine;
    }

    private RankRow? RowOf(EngineMetric metric, in SampleLabels labels)
    {
        int rank = 0;
        if (labels.Rank.Length == 0)
        {
            if (metric == EngineMetric.CacheConfig)
            {
                return _common;
            }
        }
        else if (!Utf8Parser.TryParse(labels.Rank, out rank, out int used) || used != labels.Rank.Length || rank < 0)
        {
            return null;
        }

        if (!_rows.TryGetValue(rank, out RankRow? row) && _rows.Count < MaxRanks)
        {
            _rows.Add(rank, row = new RankRow());
        }

        return row;
    }
}
