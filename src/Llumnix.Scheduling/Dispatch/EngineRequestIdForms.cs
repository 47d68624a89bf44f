namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// The candidates for the scheduler's request id in an engine's request id, since engines add prefixes and suffixes. In order: the whole id; without
/// the prefix <c>cmpl-</c> or <c>chatcmpl-</c>; the rest cut at its first <c>+</c>; and that cut at its last <c>-</c>.
/// </summary>
internal ref struct EngineRequestIdForms(ReadOnlySpan<char> engineId)
{
    private ReadOnlySpan<char> _current = engineId;
    private int _next;

    /// <summary>The current form.</summary>
    public readonly ReadOnlySpan<char> Current => _current;

    /// <summary>Enables <c>foreach</c>.</summary>
    public readonly EngineRequestIdForms GetEnumerator() => this;

    /// <summary>Goes to the next form that differs from the one before.</summary>
    public bool MoveNext()
    {
        while (_next < 4)
        {
            int length = _current.Length;
            switch (_next++)
            {
                case 0:
                    return true;
                case 1:
                    _current = WithoutPrefix(_current);
                    break;
                case 2:
                    _current = CutAt(_current, _current.IndexOf('+'));
                    break;
                default:
                    _current = CutAt(_current, _current.LastIndexOf('-'));
                    break;
            }

            if (_current.Length != length)
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> id) =>
        id.StartsWith("cmpl-") ? id["cmpl-".Length..]
        : id.StartsWith("chatcmpl-") ? id["chatcmpl-".Length..]
        : id;

    private static ReadOnlySpan<char> CutAt(ReadOnlySpan<char> id, int index) => index < 0 ? id : id[..index];
}
