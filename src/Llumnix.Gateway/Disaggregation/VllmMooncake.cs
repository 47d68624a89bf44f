using System.Text.Json;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>
/// vLLM with the Mooncake connector and all others of the NIXL shape: the prefill engine is called first and says in its answer where the KV
/// cache is; the decode engine is told so in the same words. With pd_staged the decode instance is chosen in between.
/// </summary>
internal sealed class VllmMooncake : IPdProtocol
{
    private static ReadOnlySpan<byte> Asked =>
        """{"do_remote_decode":true,"do_remote_prefill":false,"remote_engine_id":null,"remote_block_ids":null,"remote_host":null,"remote_port":null}"""u8;

    /// <inheritdoc/>
    public async Task<LegAnswer> SendAsync(PdAttempt attempt)
    {
        BodyPatch first = attempt.Body.Identified();
        attempt.Body.LimitToOneToken(first);
        first.Remove("stream"u8);
        first.Remove("stream_options"u8);
        first.Put("kv_transfer_params"u8, Asked);
        (byte[]? whole, LegAnswer end) = await attempt.PrefillAsync(first);
        if (whole is null)
        {
            return end;
        }

        if (!TryFindParameters(whole, out JsonMember parameters))
        {
            return LegAnswer.Broken(attempt.Placed.Prefill);
        }

        BodyPatch second = attempt.Body.Answered();
        if (parameters.IsPresent)
        {
            second.Put("kv_transfer_params"u8, parameters.ValueIn(whole));
        }
        else
        {
            // There was nothing to be kept, such as less than a block of it: the decode engine computes the prompt itself.
            second.Remove("kv_transfer_params"u8);
        }

        return await attempt.DecodeAsync(second);
    }

    /// <returns>False when the answer is no JSON object.</returns>
    private static bool TryFindParameters(ReadOnlySpan<byte> answer, out JsonMember parameters)
    {
        parameters = default;
        var reader = new Utf8JsonReader(answer, new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int nameStart = (int)reader.TokenStartIndex;
                bool isFound = reader.ValueTextEquals("kv_transfer_params"u8);
                reader.Read();
                int valueStart = (int)reader.TokenStartIndex;
                bool isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                parameters = !isFound ? parameters : isObject ? new JsonMember(nameStart, valueStart, (int)reader.BytesConsumed) : default;
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
