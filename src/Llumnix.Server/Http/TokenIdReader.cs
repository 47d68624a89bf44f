namespace Llumnix.Server.Http;

/// <summary>
/// Reads the array of <c>prompt_token_ids</c>, nearly all of a long prompt's body, several times faster than the general JSON reader. The default
/// value is at the first byte after the opening bracket.
/// </summary>
internal struct TokenIdReader
{
    /// <summary>The error for anything but token ids.</summary>
    internal const string Expected = "prompt_token_ids must be an array of integers from 0 to 4294967295";

    private const int MaxDigits = 10;
    private State _state;

    private enum State
    {
        First,
        AfterId,
        AfterComma,
        Ended,
    }

    /// <summary>Whether the array has ended; its closing bracket is then the next byte.</summary>
    internal readonly bool IsEnded => _state == State.Ended;

    /// <summary>Reads to the end of the array, of the received bytes, or to an error, which is then set on the request.</summary>
    /// <returns>Number of consumed bytes.</returns>
    internal int Read(ReadOnlySpan<byte> json, bool isLast, ParsedRequest request)
    {
        int at = 0;
        while (at < json.Length)
        {
            byte next = json[at];
            if (next is (byte)',' && _state == State.AfterId)
            {
                _state = State.AfterComma;
                at++;
            }
            else if (char.IsAsciiDigit((char)next) && _state != State.AfterId)
            {
                int length = ReadId(json[at..], out uint id);
                if (at + length == json.Length && !isLast)
                {
                    // More digits may follow in the next piece.
                    return at;
                }

                if (length == 0)
                {
                    request.Error = Expected;
                    return at;
                }

                if (!request.TryAddTokenId(id))
                {
                    request.Error = $"prompt_token_ids holds more than {BodyBounds.MaxTokenIds} ids";
                    return at;
                }

                _state = State.AfterId;
                at += length;
            }
            else if (next is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                at++;
            }
            else if (next is (byte)']' && _state != State.AfterComma)
            {
                _state = State.Ended;
                return at;
            }
            else
            {
                request.Error = Expected;
                return at;
            }
        }

        return at;
    }

    /// <returns>Number of digits; 0 when they are not a token id.</returns>
    private static int ReadId(ReadOnlySpan<byte> json, out uint id)
    {
        ulong value = 0;
        int length = 0;
        for (; length < json.Length; length++)
        {
            uint digit = (uint)(json[length] - '0');
            if (digit > 9)
            {
                break;
            }

            if (length == MaxDigits)
            {
                id = 0;
                return 0;
            }

            value = (value * 10) + digit;
        }

        id = (uint)value;
        bool isId = value <= uint.MaxValue && (length == 1 || json[0] != '0');
        return isId ? length : 0;
    }
}
