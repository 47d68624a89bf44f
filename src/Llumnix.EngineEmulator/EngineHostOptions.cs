using System.Net;
using Llumnix.Adapters.Secrets;
using Llumnix.EngineEmulator.KvStore;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.EngineEmulator;

/// <summary>The options of an <see cref="EngineHost"/>.</summary>
public sealed record EngineHostOptions
{
    /// <summary>The engines, at least one.</summary>
    public IReadOnlyList<EmulatedEngineOptions> Engines { get; init; } = [new()];

    /// <summary>The address to listen on.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Name of the model that the engines serve. Requests may name any.</summary>
    public string Model { get; init; } = "emulated";

    /// <summary>Further names that <c>/v1/models</c> lists after <see cref="Model"/>.</summary>
    public IReadOnlyList<string> MoreModels { get; init; } = [];

    /// <summary>The API key that the engines ask for, where the real ones do; empty: they ask for none.</summary>
    public Secret ApiKey { get; init; }

    /// <summary>The Redis that holds the CMS, in StackExchange.Redis' notation (<c>host:port,password=...</c>); null = nothing is published.</summary>
    public string? CmsRedis { get; init; }

    /// <summary>Password of <see cref="CmsRedis"/> where that text has none; empty for none.</summary>
    public Secret CmsRedisPassword { get; init; }

    /// <summary>The Redis of discovery, in the same notation; null = the engines do not register there.</summary>
    public string? DiscoveryRedis { get; init; }

    /// <summary>The etcd cluster of discovery, endpoints with commas between; null = the engines do not register there.</summary>
    public string? DiscoveryEtcd { get; init; }

    /// <summary>User of <see cref="DiscoveryEtcd"/>; empty for none.</summary>
    public string DiscoveryEtcdUser { get; init; } = "";

    /// <summary>That user's password. Never logged.</summary>
    public string DiscoveryEtcdPassword { get; init; } = "";

    /// <summary>Time between two writes of an entry in <see cref="DiscoveryRedis"/>, above 0.</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Lifetime of the leases in <see cref="DiscoveryEtcd"/> without a renewal, at least 1 s.</summary>
    public TimeSpan DiscoveryLeaseLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The KV store that the engines' prefix caches belong to; null for none. The host does not dispose it.</summary>
    public MooncakeMaster? KvMaster { get; init; }

    /// <summary>Least time between two pushes of an engine's status, above 0.</summary>
    public TimeSpan StatusPushInterval { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Longest time between two pushes of an engine's status, above 0.</summary>
    public TimeSpan StatusHeartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two pushes of the metadata, above 0.</summary>
    public TimeSpan MetadataInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time to live of the CMS keys.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Timeout of a request, which is then aborted.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Timeout of receiving a body, which is then answered with 408; above 0.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest body; a larger one is answered with 413; at least 1. The scheduler has the same limit.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>
    /// Timeout of a prefill by another engine for a decode here (vllm-kvt with pd_batch), above 0. This engine then computes the prompt itself.
    /// </summary>
    public TimeSpan PrefillTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Timeout of an answer from a destination in another process, above 0. The migration is then refused.</summary>
    public TimeSpan MigrationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest number of tokens that a streaming client may be behind, at least 1. A slower client is dropped.</summary>
    public int MaxUnsentTokens { get; init; } = 1024;

    /// <summary>The clock of steps, pushes and timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the log goes.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Describes the first value that cannot be used; null when all are usable.</summary>
    public string? FindProblem()
    {
        if (Engines.Count == 0)
        {
            return "Engines must not be empty";
        }

        for (int i = 0; i < Engines.Count; i++)
        {
            if ((FindProblem(Engines[i]) ?? (CmsRedis is not null && Engines[i].LocalRanks > 1 ? "LocalRanks must be 1 in a CMS" : null)) is { } problem)
            {
                return $"Engines[{i}]: {problem}";
            }
        }

        return this switch
        {
            _ when StatusPushInterval <= TimeSpan.Zero => "StatusPushInterval must be above 0",
            _ when StatusHeartbeat <= TimeSpan.Zero => "StatusHeartbeat must be above 0",
            _ when MetadataInterval <= TimeSpan.Zero => "MetadataInterval must be above 0",
            _ when KeyLifetime <= TimeSpan.Zero => "KeyLifetime must be above 0",
            _ when DiscoveryInterval <= TimeSpan.Zero => "DiscoveryInterval must be above 0",
            _ when DiscoveryLeaseLifetime < TimeSpan.FromSeconds(1) => "DiscoveryLeaseLifetime must be at least 1 s",
            { DiscoveryRedis: not null, DiscoveryEtcd: not null } => "DiscoveryRedis and DiscoveryEtcd cannot both be set",
            _ when RequestTimeout <= TimeSpan.Zero => "RequestTimeout must be above 0",
            _ when BodyTimeout <= TimeSpan.Zero => "BodyTimeout must be above 0",
            { MaxBodyBytes: < 1 } => "MaxBodyBytes must be at least 1",
            _ when PrefillTimeout <= TimeSpan.Zero => "PrefillTimeout must be above 0",
            _ when MigrationTimeout <= TimeSpan.Zero => "MigrationTimeout must be above 0",
            { MaxUnsentTokens: < 1 } => "MaxUnsentTokens must be at least 1",
            _ => null,
        };
    }

    private static string? FindProblem(EmulatedEngineOptions engine) => engine switch
    {
        { Port: < 0 or > IPEndPoint.MaxPort } => $"Port {engine.Port} is not between 0 and 65535",
        { LlumletPort: < 0 or > IPEndPoint.MaxPort } => $"LlumletPort {engine.LlumletPort} is not between 0 and 65535",
        { PodName: "" } => "PodName must not be empty",
        { InstanceId: "" } => "InstanceId must not be empty",
        { DataParallelSize: < 1 } => "DataParallelSize must be at least 1",
        { LocalRanks: < 1 } => "LocalRanks must be at least 1",
        { LocalRanks: > 1, Engine.InferType: not InferType.Neutral } => "LocalRanks must be 1 in an engine that is not neutral",
        { DataParallelRank: < 0 } => "DataParallelRank must be at least 0",
        _ when (long)engine.DataParallelRank + engine.LocalRanks > engine.DataParallelSize => "DataParallelRank and LocalRanks must fit into DataParallelSize",
        _ => engine.Engine.FindProblem(),
    };
}
