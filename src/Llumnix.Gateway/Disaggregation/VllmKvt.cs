using System.Text.Json;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>
/// vLLM with the kvt connector. With pd_batch the decode engine alone is called and asks the prefill engine itself; with pd_staged the prefill
/// engine is called first, and its answer tells nothing.
/// </summary>
/// <param name="isStaged">Whether the decode instance is chosen after the prefill.</param>
internal sealed class VllmKvt(bool isStaged) : IPdProtocol
{
    /// <inheritdoc/>
    public async Task<LegAnswer> SendAsync(PdAttempt attempt)
    {
        EngineTarget prefill = attempt.Placed.Prefill;
        if (prefill.AuxIp.Length == 0 || prefill.AuxPort <= 0)
        {
            // Discovery does not say where its KV cache can be had; another one's may be known.
            return LegAnswer.Broken(prefill);
        }

        if (isStaged)
        {
            BodyPatch first = attempt.Body.Answered();
            attempt.Body.LimitToOneToken(first);
            first.Put("kv_transfer_params"u8, """{"do_remote_decode":true}"""u8);
            (byte[]? whole, LegAnswer end) = await attempt.PrefillAsync(first);
            if (whole is null)
            {
                return end;
            }
        }

        BodyPatch second = attempt.Body.Answered();
        second.Put("kv_transfer_params"u8, Parameters(prefill));
        return await attempt.DecodeAsync(second);
    }

    private ReadOnlySpan<byte> Parameters(EngineTarget prefill)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (isStaged)
            {
                json.WriteBoolean("do_remote_prefill"u8, true);
            }

            json.WriteString("remote_host"u8, prefill.AuxIp);
            json.WriteNumber("remote_port"u8, prefill.AuxPort);
            json.WriteEndObject();
        }

        return text.ToArray();
    }
}
