namespace Llumnix.Simulation.Fleet;

internal enum SimulationEventKind
{
    /// <summary>A request arrives at the gateway. Index: the arrival.</summary>
    Arrive,

    /// <summary>The gateway asks again for a deferred request. Subject: its run.</summary>
    AskAgain,

    /// <summary>A question that a follower has forwarded reaches the leader. Subject: the run.</summary>
    TakeQuestion,

    /// <summary>The question for a staged request's decode reaches the leader through a follower. Subject: the run.</summary>
    TakeDecodeQuestion,

    /// <summary>The KV metadata service's answer is there, or the lookup's budget is used up. Subject: the lookup.</summary>
    EndQuestion,

    /// <summary>A request reaches its engine. Index: the engine; subject: the engine's request.</summary>
    Enqueue,

    /// <summary>The gateway has a staged request's first token and asks for its decode. Subject: the run.</summary>
    PlaceDecode,

    /// <summary>An engine's step ends. Index: the engine.</summary>
    EndStep,

    /// <summary>An engine may have something to compute. Index: the engine.</summary>
    WakeEngine,

    /// <summary>The least interval since an engine's last push is over. Index: the engine.</summary>
    Push,

    /// <summary>The scheduler reads statuses.</summary>
    Poll,

    /// <summary>An engine makes its page of metrics. Index: the engine.</summary>
    AskEngine,

    /// <summary>The scheduler has an engine's page of metrics. Index: the engine; subject: the read.</summary>
    TakeRead,

    /// <summary>The gateway reports how far requests are.</summary>
    Report,

    /// <summary>The gateway reports a first token. Subject: the request's run.</summary>
    ReportFirstToken,

    /// <summary>The schedulers tell each other of their placements.</summary>
    TellPeers,

    /// <summary>A scheduler has a batch of another one's placements. Subject: the stream and the batch.</summary>
    TakeFromPeer,

    /// <summary>A scheduler is asked for a snapshot. Subject: the stream.</summary>
    RepeatForPeer,

    /// <summary>The rescheduler begins a cycle.</summary>
    Reschedule,

    /// <summary>A migration's copy round ends. Subject: the migration.</summary>
    AdvanceMigration,

    /// <summary>The schedulers probe silent engines.</summary>
    Probe,

    /// <summary>A fault begins or ends. Subject: the action.</summary>
    Fault,

    /// <summary>The timeline is sampled.</summary>
    Sample,
}
