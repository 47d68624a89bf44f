using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>One attempt at a request on a prefill and a decode engine: what a protocol can do for it.</summary>
/// <param name="placed">Its instances.</param>
/// <param name="body">The client's body.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="send">Sends a body to an engine and waits for the headers of the answer.</param>
/// <param name="placeDecode">Asks for a decode instance.</param>
internal sealed class PdAttempt(
    PlacedRequest placed,
    PdBody body,
    ActiveRequest active,
    Func<EngineTarget, IReadOnlyList<ReadOnlyMemory<byte>>, CancellationToken, Task<EngineAnswer>> send,
    Func<Task<PlacementAnswer>> placeDecode)
{
    /// <summary>Its instances.</summary>
    public PlacedRequest Placed => placed;

    /// <summary>The client's body.</summary>
    public PdBody Body => body;

    /// <summary>What ends it from outside.</summary>
    public ActiveRequest Active => active;

    /// <summary>Sends a body to an engine and waits for the headers of the answer.</summary>
    public Task<EngineAnswer> SendAsync(EngineTarget engine, BodyPatch patch, CancellationToken ending) => send(engine, patch.Pieces(), ending);

    /// <summary>Calls the prefill engine, waits for the whole of its answer and gives the engine back.</summary>
    /// <param name="patch">The body for it.</param>
    /// <returns>Its answer, or how the attempt ends.</returns>
    public async Task<(byte[]? Answer, LegAnswer End)> PrefillAsync(BodyPatch patch)
    {
        EngineTarget engine = placed.Prefill;
        EngineAnswer answer = await SendAsync(engine, patch, active.Ending);
        if (answer.Response is not { IsSuccessStatusCode: true } response)
        {
            return (null, new LegAnswer(answer, engine));
        }

        byte[]? whole;
        using (response)
        {
            whole = await WholeAnswer.ReadAsync(response, active);
        }

        await placed.ReleasePrefillAsync();
        return (whole, whole is null ? LegAnswer.Broken(engine) : default);
    }

    /// <summary>Calls the decode engine, which is asked for first where it is not chosen yet.</summary>
    /// <param name="patch">The body for it.</param>
    public async Task<LegAnswer> DecodeAsync(BodyPatch patch)
    {
        PlacementRefusal refusal = await ChooseDecodeAsync();
        return refusal == PlacementRefusal.None
            ? new LegAnswer(await SendAsync(placed.Decode, patch, active.Ending), placed.Decode)
            : new LegAnswer(default, null, refusal);
    }

    /// <summary>Asks for a decode instance unless it is chosen already.</summary>
    public async Task<PlacementRefusal> ChooseDecodeAsync()
    {
        if (placed.HasDecode)
        {
            return PlacementRefusal.None;
        }

        PlacementAnswer answer = await placeDecode();
        if (answer.Lease is { } lease)
        {
            placed.Take(lease);
        }

        return answer.Refusal;
    }
}
