using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Disaggregation;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// The attempts at one request: each places it and sends it to the engines that it got, after a failure without those that have failed it before.
/// </summary>
/// <param name="services">What all requests share.</param>
/// <param name="request">The client's request.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="record">Takes note of it.</param>
/// <param name="query">What placers are asked.</param>
/// <param name="priority">Its class among requests that wait.</param>
internal sealed class EngineAttempts(
    ExchangeServices services, HttpRequest request, ActiveRequest active, RequestRecord record, PlacementQuery query, int priority)
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMilliseconds(100);

    // Waiting for room has a deadline of its own; this one is for a placer that does not answer.
    private static readonly TimeSpan PlacementSlack = TimeSpan.FromMinutes(1);

    /// <summary>Longest time that a retry waits for the release of the attempt before it.</summary>
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(1);

    private readonly List<string> _failed = [];
    private int _toldFailures;
    private QueuePosition? _position;
    private QueuePosition? _decodePosition;

    /// <summary>The client's body.</summary>
    public required RequestBody Body { get; init; }

    /// <summary>The body in pieces, as one engine gets it.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Pieces { get; init; }

    /// <summary>The body for prefill and decode on engines of their own; null when one engine does both.</summary>
    public PdBody? PdBody { get; init; }

    /// <summary>Whether an engine has failed the request.</summary>
    public bool HasFailed => _failed.Count > 0;

    /// <summary>Places the request for the first time or again.</summary>
    public async Task<(PlacementRefusal Refusal, PlacedRequest? Placed)> BeginAsync()
    {
        bool isDisaggregated = PdBody is not null;
        PlacementQuery first = services.Pd?.First(query, isDisaggregated) ?? query;
        record.QueuedAt = services.Time.GetTimestamp();
        _position ??= services.Admission.Arrive(priority, query.Model);
        PlacementAnswer answer = await PlaceAsync(first, _position);
        record.PlacedAt = services.Time.GetTimestamp();
        return (answer.Refusal, answer.Lease is null ? null : new PlacedRequest(answer, isDisaggregated));
    }

    /// <summary>Sends the request to the engines that it was given.</summary>
    /// <param name="placed">The engines.</param>
    /// <param name="attempt">Which attempt it is, from 0.</param>
    public async Task<LegAnswer> SendAsync(PlacedRequest placed, int attempt) => PdBody is null
        ? new LegAnswer(await CallAsync(query.RequestId, Pieces, placed.Decode, active.Ending), placed.Decode)
        : await SendToBothAsync(attempt == 0 ? PdBody : PdBody.ForAttempt(attempt), placed);

    /// <summary>Takes note of an engine that failed and gives the request's engines back before others are asked for.</summary>
    /// <returns>What it has said, if it has said anything that can still be relayed.</returns>
    public async Task<EngineAnswer> PutAsideAsync(EngineAnswer answer, EngineTarget engine, PlacedRequest placed)
    {
        _failed.Add(placed.FindFailed(engine).Id);
        await placed.DisposeAsync();
        if (answer.IsFailure)
        {
            return answer;
        }

        answer.Response?.Dispose();
        return new EngineAnswer(null, EngineFailure.Broken);
    }

    /// <summary>Places the request again after a failure, a moment later.</summary>
    /// <param name="answer">What the engine that failed has answered; dropped when the request is placed.</param>
    /// <param name="attempt">The attempt that failed.</param>
    /// <param name="previous">The engines that it had.</param>
    /// <returns>Null when it gets no engine.</returns>
    public async Task<PlacedRequest?> BeginAgainAsync(EngineAnswer answer, int attempt, PlacedRequest previous)
    {
        TimeSpan backOff = FirstBackOff * (1 << Math.Min(attempt, 10));
        await Task.Delay(backOff < LongestBackOff ? backOff : LongestBackOff, services.Time, active.Ending);
        if (PdBody is not null)
        {
            // The engine of the other leg has not failed and may be chosen again.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(active.Ending);
            await Task.WhenAny(previous.WaitUntilSettledAsync(), Task.Delay(ReleaseLimit, services.Time, limit.Token));
            await limit.CancelAsync();
            active.Ending.ThrowIfCancellationRequested();
        }

        PlacedRequest? next = (await BeginAsync()).Placed;
        if (next is not null)
        {
            services.Telemetry.OnRetry(query.Model, (int?)answer.Response?.StatusCode ?? 0);
            answer.Response?.Dispose();
        }

        return next;
    }

    /// <summary>Asks for a decode instance after the prefill, in a line of its own: those that wait for their prefill do not hold it up.</summary>
    private Task<PlacementAnswer> PlaceDecodeAsync() =>
        PlaceAsync(PdMode.Decode(query), _decodePosition ??= services.Admission.Arrive(priority, query.Model + " (decode)"));

    /// <summary>Places the request, once there is room for it.</summary>
    private async Task<PlacementAnswer> PlaceAsync(PlacementQuery asked, QueuePosition position)
    {
        active.Allow(services.Options.WaitSchedulingTimeout + PlacementSlack);
        return await services.Admission.PlaceAsync(position, () => AskAsync(asked), active.Ending);
    }

    private async ValueTask<PlacementAnswer> AskAsync(PlacementQuery first)
    {
        long askedAt = services.Time.GetTimestamp();
        IReadOnlyCollection<string> resting = services.Resting.Current();
        bool isRetry = _failed.Count > _toldFailures;
        _toldFailures = _failed.Count;
        PlacementQuery allowed = resting.Count + _failed.Count == 0 ? first : first with { Excluded = [.. _failed, .. resting], IsRetry = isRetry };
        PlacementAnswer answer = await services.Placer.PlaceAsync(allowed, active.Ending);

        if (answer.Refusal == PlacementRefusal.AllExcluded && resting.Count > 0)
        {
            // One that rests is better than none.
            answer = await services.Placer.PlaceAsync(first with { Excluded = _failed }, active.Ending);
        }

        record.ScheduleTime = services.Time.GetTimestamp() - askedAt;
        return answer;
    }

    private Task<LegAnswer> SendToBothAsync(PdBody pdBody, PlacedRequest placed)
    {
        var attempt = new PdAttempt(
            placed,
            pdBody,
            active,
            (engine, pieces, ending) => CallAsync(pdBody.Id, pieces, engine, ending),
            PlaceDecodeAsync);
        return services.Pd!.Protocol.SendAsync(attempt);
    }

    private async Task<EngineAnswer> CallAsync(
        string id, IReadOnlyList<ReadOnlyMemory<byte>> pieces, EngineTarget engine, CancellationToken ending)
    {
        active.Allow(services.Options.ResponseTimeout);
        record.Engine = engine;
        EngineAnswer answer = await services.Engines.SendAsync(request, id, Body, pieces, engine, ending);
        if (answer.Failure == EngineFailure.Refused)
        {
            services.Resting.OnRefused(engine.Id);
        }
        else if (answer.Response is not null)
        {
            services.Resting.OnAnswered(engine.Id);
            services.Denied.OnAnswered(engine, (int)answer.Response.StatusCode);
        }

        return answer;
    }
}
