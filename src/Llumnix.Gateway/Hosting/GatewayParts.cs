using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Otlp;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Scheduling.Instances;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Llumnix.Gateway.Hosting;

/// <summary>What a program gives the gateway that it hosts.</summary>
public sealed record GatewayParts
{
    /// <summary>Says where requests go. Not disposed of by the gateway.</summary>
    public required IRequestPlacer Placer { get; init; }

    /// <summary>Makes what tells the gateway which engines there are.</summary>
    public required Func<IDiscoverySink, IDiscoverySource> Discovery { get; init; }

    /// <summary>The API key of the engines, where the program has read its file and follows it; null: what the options name is read and followed.</summary>
    public EngineKey? EngineKey { get; init; }

    /// <summary>The engines that discovery finds; made by the program where its placer reads them too.</summary>
    public EngineDirectory Engines { get; init; } = new();

    /// <summary>Whether /readyz asks for an engine that answers, beside what the placer says.</summary>
    public bool IsEngineNeededToBeReady { get; init; } = true;

    /// <summary>Whether the program reads the engines' own metrics and warns of those that do not answer.</summary>
    public bool AreEnginesRead { get; init; }

    /// <summary>Takes the gateway's metrics.</summary>
    public required CollectorRegistry Metrics { get; init; }

    /// <summary>The Prometheus page of that registry, in UTF-8.</summary>
    public required Func<Task<ReadOnlyMemory<byte>>> MetricsPage { get; init; }

    /// <summary>What telemetry is sent, and where. Spans go where the options say, if they say so.</summary>
    public OtlpSettings Telemetry { get; init; } = OtlpSettings.None;

    /// <summary>The page of metrics that is sent, with each metric once; null: <see cref="MetricsPage"/>.</summary>
    public Func<Task<ReadOnlyMemory<byte>>>? SentMetricsPage { get; init; }

    /// <summary>Answers <c>/admin/drain</c>, whoever calls; null for no such path.</summary>
    public Func<HttpContext, Task>? Drains { get; init; }

    /// <summary>Adds services that run with the gateway; null for none.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Sets the log up; null for none. Then the gateway is a guest in its process, and signals do not stop it.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
