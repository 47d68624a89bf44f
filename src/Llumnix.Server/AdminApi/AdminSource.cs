using Llumnix.Adapters.Listeners;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Server.AdminApi;

/// <summary>What a program gives its admin API to show.</summary>
public sealed record AdminSource
{
    /// <summary>The command that runs, such as <c>scheduler</c>.</summary>
    public required string Program { get; init; }

    /// <summary>The scheduler and what feeds it.</summary>
    public required SchedulingModeRuntime Mode { get; init; }

    /// <summary>Returns why the program is not ready although its scheduler is, or null; null where both are the same.</summary>
    public Func<string?>? FindReasonNotReady { get; init; }

    /// <summary>Name of the scheduling policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The TTFT target in milliseconds; null without one.</summary>
    public double? TtftTargetMs { get; init; }

    /// <summary>The TPOT target in milliseconds; null without one.</summary>
    public double? TpotTargetMs { get; init; }

    /// <summary>The effective options, secrets hidden.</summary>
    public IReadOnlyList<EffectiveSetting> Settings { get; init; } = [];

    /// <summary>What is doubtful in the options.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The scheduler's options that differ from their defaults, as flags without secrets, for what-ifs; null: there are none.</summary>
    public IReadOnlyList<string>? SchedulerFlags { get; init; }

    /// <summary>Of several schedulers: the own role and where the leader is reached; null where there is one.</summary>
    public Func<(string Role, string Leader)>? Leadership { get; init; }

    /// <summary>Returns what is wrong with the leadership of several schedulers, or null; null where there is one.</summary>
    public Func<string?>? LeadershipWarning { get; init; }

    /// <summary>Replicas that ledgers are exchanged with.</summary>
    public Func<IReadOnlyList<string>>? Peers { get; init; }

    /// <summary>Answers <c>/admin/drain</c> to a caller who may do what is asked; null for no such path.</summary>
    public Func<HttpContext, Task>? Drains { get; init; }

    /// <summary>Accepts the callers who may read where the console has no token of its own, by their header; null: callers on this machine.</summary>
    public Func<StringValues, bool>? Readers { get; init; }

    /// <summary>For TLS; null for plain HTTP.</summary>
    public ListenerCertificate? Certificate { get; init; }
}
