using System.Buffers.Text;
using System.Text;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>The client's body, from which those for both engines are made.</summary>
/// <param name="body">The body.</param>
/// <param name="fields">Its members.</param>
/// <param name="path">The request's path.</param>
/// <param name="requestId">By which both engines know the request; needs no escapes in JSON.</param>
internal sealed class PdBody(RequestBody body, RequestFields fields, string path, string requestId)
{
    /// <summary>By which both engines know the request.</summary>
    public string Id => requestId;

    /// <summary>The same as a JSON string.</summary>
    public byte[] RequestId { get; } = Encoding.UTF8.GetBytes($"\"{requestId}\"");

    /// <summary>The same body for a later attempt, by another id: a prefill engine may still keep the KV cache of the one before, under its id.</summary>
    /// <param name="attempt">Number of attempts before it, above 0.</param>
    /// <remarks>Schedulers cut the ids in statuses at the plus sign, so that they still recognize the request.</remarks>
    public PdBody ForAttempt(int attempt) => new(body, fields, path, FormattableString.Invariant($"{requestId}+{attempt}"));

    /// <summary>The body with the id by which both engines know the request. Further changes are the caller's.</summary>
    public BodyPatch Identified()
    {
        var patch = new BodyPatch(body.Memory, fields);
        patch.Put("request_id"u8, RequestId);
        return patch;
    }

    /// <summary>The body for the engine that answers the client: of a stream its usage is asked for as well.</summary>
    public BodyPatch Answered()
    {
        BodyPatch patch = Identified();
        StreamUsage.AskFor(path, body.Memory.Span, fields, patch);
        return patch;
    }

    /// <summary>Has an engine make one token, which it cannot do without all of the prompt's KV cache.</summary>
    public void LimitToOneToken(BodyPatch patch)
    {
        patch.Put("max_tokens"u8, "1"u8);
        if (fields.MaxCompletionTokens.IsPresent)
        {
            patch.Put("max_completion_tokens"u8, "1"u8);
        }

        ReadOnlySpan<byte> minimum = fields.MinTokens.ValueIn(body.Memory.Span);
        if (Utf8Parser.TryParse(minimum, out double tokens, out int length) && length == minimum.Length && tokens > 1)
        {
            patch.Put("min_tokens"u8, "1"u8);
        }
    }
}
