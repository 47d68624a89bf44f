using System.Text.Json;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Tokenization;

/// <summary>
/// Reads an answer of <c>/tokenize</c> piece by piece as it arrives, so that an answer with many ids needs no buffer of its length. Of one thread.
/// </summary>
/// <param name="wantsIds">Whether the ids are kept.</param>
internal sealed class TokenizeAnswerReader(bool wantsIds)
{
    private readonly List<uint>? _ids = wantsIds ? [] : null;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 8 });
    private Member _member;
    private int _count = -1;
    private bool _isUnusable;

    /// <summary>Reads the next piece.</summary>
    /// <param name="text">What the last call has left, and what follows it.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <returns>Number of bytes that have been read.</returns>
    /// <exception cref="JsonException">The answer is not valid JSON.</exception>
    public int Read(ReadOnlySpan<byte> text, bool isLast)
    {
        var reader = new Utf8JsonReader(text, isLast, _state);
        while (reader.Read())
        {
            Take(ref reader);
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>What the whole answer says; null when it does not say how many tokens there are, or its ids are not as many.</summary>
    public TokenizedPrompt? Result() =>
        _isUnusable || _count < 0 || (_ids is not null && _ids.Count != _count) ? null : new TokenizedPrompt(_count, _ids);

    private void Take(ref Utf8JsonReader reader)
    {
        if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
        {
            _member = reader.ValueTextEquals("count"u8) ? Member.Count : reader.ValueTextEquals("tokens"u8) ? Member.Tokens : Member.Other;
        }
        else if (_member == Member.Count && reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.Number)
        {
            _isUnusable |= !reader.TryGetInt32(out _count);
        }
        else if (_member == Member.Tokens && _ids is not null && reader.CurrentDepth == 2)
        {
            if (reader.TokenType == JsonTokenType.Number && _ids.Count < PromptTokenIds.MaxIds && reader.TryGetUInt32(out uint id))
            {
                _ids.Add(id);
            }
            else
            {
                _isUnusable = true;
            }
        }
    }

    private enum Member : byte
    {
        Other,
        Count,
        Tokens,
    }
}
