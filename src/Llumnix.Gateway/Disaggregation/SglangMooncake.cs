using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>
/// SGLang: both engines are called at once with the same body and meet in a bootstrap room of the prefill engine. The decode engine's answer goes
/// to the client. Since neither works without the other, pd_staged only chooses the decode instance by a decision of its own, before both calls.
/// </summary>
/// <param name="bootstrapPort">Port of the prefill engines' bootstrap servers; 0: engines take their default, and the body does not name it.</param>
internal sealed class SglangMooncake(int bootstrapPort) : IPdProtocol
{
    /// <inheritdoc/>
    public async Task<LegAnswer> SendAsync(PdAttempt attempt)
    {
        PlacementRefusal refusal = await attempt.ChooseDecodeAsync();
        if (refusal != PlacementRefusal.None)
        {
            return new LegAnswer(default, null, refusal);
        }

        PlacedRequest placed = attempt.Placed;
        var simultaneous = new SimultaneousPrefill(attempt.Active);
        placed.Take(simultaneous);
        BodyPatch patch = Patch(attempt);
        Task<EngineAnswer> prefill = attempt.SendAsync(placed.Prefill, patch, simultaneous.PrefillEnding);
        Task<EngineAnswer> decode = attempt.SendAsync(placed.Decode, patch, simultaneous.DecodeEnding);
        try
        {
            return await JoinAsync(placed, simultaneous, prefill, decode);
        }
        catch (OperationCanceledException)
        {
            await DiscardAsync(prefill);
            await DiscardAsync(decode);
            if (attempt.Active.Ending.IsCancellationRequested)
            {
                throw;
            }

            // Prefill broke off while decode was waited for.
            return LegAnswer.Broken(placed.Prefill);
        }
    }

    private static async Task<LegAnswer> JoinAsync(
        PlacedRequest placed, SimultaneousPrefill simultaneous, Task<EngineAnswer> prefill, Task<EngineAnswer> decode)
    {
        if (await Task.WhenAny(prefill, decode) == decode && !IsSuccess(await decode))
        {
            await simultaneous.EndPrefillAsync();
            await DiscardAsync(prefill);
            return new LegAnswer(await decode, placed.Decode);
        }

        EngineAnswer prefilled = await prefill;
        if (!IsSuccess(prefilled))
        {
            await simultaneous.EndDecodeAsync();
            await DiscardAsync(decode);
            return new LegAnswer(prefilled, placed.Prefill);
        }

        simultaneous.Read(prefilled.Response!, placed);
        return new LegAnswer(await decode, placed.Decode);
    }

    private static bool IsSuccess(EngineAnswer answer) => answer.Response is { IsSuccessStatusCode: true };

    private static async Task DiscardAsync(Task<EngineAnswer> call)
    {
        try
        {
            (await call).Response?.Dispose();
        }
        catch (OperationCanceledException)
        {
            // It had not come to an answer.
        }
    }

    /// <summary>The engine finds its data-parallel rank by the room's remainder.</summary>
    private static long Room(EngineTarget decode)
    {
        long ranks = Math.Max(1, decode.DataParallelSize);
        long random = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
        return (Math.Min(random, long.MaxValue - (2 * ranks)) / ranks * ranks) + (Math.Max(0, decode.DataParallelRank) % ranks);
    }

    private BodyPatch Patch(PdAttempt attempt)
    {
        string room = Room(attempt.Placed.Decode).ToString(CultureInfo.InvariantCulture);
        BodyPatch patch = attempt.Body.Answered();
        if (bootstrapPort > 0)
        {
            patch.Put("bootstrap_port"u8, Encoding.UTF8.GetBytes(bootstrapPort.ToString(CultureInfo.InvariantCulture)));
        }

        patch.Put("bootstrap_room"u8, Encoding.UTF8.GetBytes($"\"{room}\""));
        patch.Put("bootstrap_host"u8, Quoted(attempt.Placed.Prefill.Host));
        patch.Put("rid"u8, attempt.Body.RequestId);
        return patch;
    }

    private static byte[] Quoted(string text) => [(byte)'"', .. JsonEncodedText.Encode(text).EncodedUtf8Bytes, (byte)'"'];
}
