namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// The forms in which an engine's request id may name ours, in the order in which they are tried: the whole, without the
/// <c>cmpl-</c>/<c>chatcmpl-</c> prefix, that cut at its first <c>+</c>, that cut at its last <c>-</c>.
/// </summary>
internal ref struct EngineRequestIdForms(ReadOnlySpan<char> engineId)
{
    private ReadOnlySpan<char> _current = engineId;
    private int _next;

    /// <summary>The form at hand.</summary>
    public readonly ReadOnlySpan<char> Current => _current;

    /// <summary>The forms themselves.</summary>
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
