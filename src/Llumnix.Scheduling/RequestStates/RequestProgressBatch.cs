namespace Llumnix.Scheduling.RequestStates;

/// <summary>The rows of a gateway's report. Reused; not thread-safe. All texts are in one buffer, so that a row allocates nothing.</summary>
public sealed class RequestProgressBatch
{
    /// <summary>Largest capacity, in rows and in characters, that is kept for reuse; a larger one, after a huge report, is freed.</summary>
    private const int MaxRowsKept = 64 * 1024;
    private const int MaxCharactersKept = 1024 * 1024;

    private char[] _texts = NewTexts();
    private Row[] _rows = NewRows();
    private int _length;

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Capacity in rows and characters.</summary>
    internal (int Rows, int Characters) Capacity => (_rows.Length, _texts.Length);

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        Count = _length = 0;
        _rows = _rows.Length > MaxRowsKept ? NewRows() : _rows;
        _texts = _texts.Length > MaxCharactersKept ? NewTexts() : _texts;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="instanceId">The instance id in the answer of <c>/schedule</c>.</param>
    /// <param name="tokens">Tokens of the request so far, not negative.</param>
    /// <param name="isPrefillDone">Whether its prefill is done.</param>
    /// <param name="gatewayId">The reporting gateway; empty when unknown.</param>
    public void Add(
        ReadOnlySpan<char> requestId, ReadOnlySpan<char> instanceId, long tokens, bool isPrefillDone, ReadOnlySpan<char> gatewayId = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, _rows.Length * 2);
        }

        _rows[Count] = new Row(
            Append(requestId), requestId.Length, Append(instanceId), instanceId.Length, GatewayStart(gatewayId), gatewayId.Length, tokens, isPrefillDone);
        Count++;
    }

    /// <summary>The request of a row; valid until the batch is cleared.</summary>
    public ReadOnlySpan<char> RequestId(int row) => _texts.AsSpan(_rows[row].RequestStart, _rows[row].RequestLength);

    /// <summary>The instance of a row; valid until the batch is cleared.</summary>
    public ReadOnlySpan<char> InstanceId(int row) => _texts.AsSpan(_rows[row].InstanceStart, _rows[row].InstanceLength);

    /// <summary>The gateway of a row; valid until the batch is cleared.</summary>
    public ReadOnlySpan<char> GatewayId(int row) => _texts.AsSpan(_rows[row].GatewayStart, _rows[row].GatewayLength);

    /// <summary>Tokens of a row.</summary>
    public long Tokens(int row) => _rows[row].Tokens;

    /// <summary>Whether a row reports the end of the prefill.</summary>
    public bool IsPrefillDone(int row) => _rows[row].IsPrefillDone;

    private static Row[] NewRows() => new Row[64];

    private static char[] NewTexts() => new char[4096];

    /// <summary>Reuses the text of the previous row's gateway, since the rows of a report usually name the same one.</summary>
    private int GatewayStart(ReadOnlySpan<char> gatewayId) =>
        Count > 0 && GatewayId(Count - 1).SequenceEqual(gatewayId) ? _rows[Count - 1].GatewayStart : Append(gatewayId);

    private int Append(ReadOnlySpan<char> text)
    {
        int start = _length;
        if (_length + text.Length > _texts.Length)
        {
            Array.Resize(ref _texts, Math.Max(_texts.Length * 2, _length + text.Length));
        }

        text.CopyTo(_texts.AsSpan(start));
        _length += text.Length;
        return start;
    }

    private readonly record struct Row(
        int RequestStart,
        int RequestLength,
        int InstanceStart,
        int InstanceLength,
        int GatewayStart,
        int GatewayLength,
        long Tokens,
        bool IsPrefillDone);
}
