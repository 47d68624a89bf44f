using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Telemetry;

/// <summary>One request's times, as timestamps of the clock, and numbers. Of one thread at a time.</summary>
internal sealed class RequestRecord(GatewayTelemetry telemetry, long begunAt)
{
    /// <summary>The model; empty when none is named.</summary>
    public string Model { get; set; } = "";

    /// <summary>When it came in.</summary>
    public long BegunAt { get; } = begunAt;

    /// <summary>When its body had been read and prepared; 0 before.</summary>
    public long ReadyAt { get; set; }

    /// <summary>Since when a place was last looked for; 0 before.</summary>
    public long QueuedAt { get; set; }

    /// <summary>How long the last answer of the placer took.</summary>
    public long ScheduleTime { get; set; }

    /// <summary>When it was placed last; 0 before.</summary>
    public long PlacedAt { get; set; }

    /// <summary>Where it was sent last; null before.</summary>
    public EngineTarget? Engine { get; set; }

    /// <summary>When the first of its answer came; 0 before.</summary>
    public long FirstTokenAt { get; private set; }

    /// <summary>When the last of its answer came; 0 before.</summary>
    public long LastTokenAt { get; private set; }

    /// <summary>Events of its answer so far.</summary>
    public int Events { get; private set; }

    /// <summary>What the engine says that it took; null before.</summary>
    public TokenUsage? Usage { get; set; }

    /// <summary>The request is sent to an external endpoint: it has a place without waiting and without a scheduler.</summary>
    public void OnSentOut(long now)
    {
        Engine = null;
        ScheduleTime = 0;
        QueuedAt = PlacedAt = now;
    }

    /// <summary>Something of the answer has come.</summary>
    public void OnFirstToken(long now)
    {
        FirstTokenAt = FirstTokenAt == 0 ? now : FirstTokenAt;
        LastTokenAt = now;
    }

    /// <summary>Events have come.</summary>
    /// <param name="now">When.</param>
    /// <param name="events">How many there are now in all.</param>
    public void OnEvents(long now, int events)
    {
        if (Events > 0)
        {
            telemetry.OnTokens(Model, now - LastTokenAt, events - Events);
        }

        Events = events;
        OnFirstToken(now);
    }
}
