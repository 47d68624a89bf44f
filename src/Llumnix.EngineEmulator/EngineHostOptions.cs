using System.Net;
using Llumnix.EngineEmulator.KvStore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.EngineEmulator;

/// <summary>What an <see cref="EngineHost"/> runs.</summary>
public sealed record EngineHostOptions
{
    /// <summary>The engines, at least one.</summary>
    public IReadOnlyList<EmulatedEngineOptions> Engines { get; init; } = [new()];

    /// <summary>The address to listen on.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Name of the model that the engines serve. Requests may name any.</summary>
    public string Model { get; init; } = "emulated";

    /// <summary>The Redis that holds the CMS, in StackExchange.Redis' notation (<c>host:port,password=...</c>); null = nothing is published.</summary>
    public string? CmsRedis { get; init; }

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

    /// <summary>Life of the leases in <see cref="DiscoveryEtcd"/> without a renewal, at least 1 s.</summary>
    public TimeSpan DiscoveryLeaseLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The KV store that the engines' prefix caches are a part of; null for none. Not disposed of by the host.</summary>
    public MooncakeMaster? KvMaster { get; init; }

    /// <summary>Least time between two pushes of an engine's status, above 0.</summary>
    public TimeSpan StatusPushInterval { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Most time between two pushes of an engine's status, above 0.</summary>
    public TimeSpan StatusHeartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two pushes of the metadata, above 0.</summary>
    public TimeSpan MetadataInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time to live of the CMS keys.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>A request that takes longer is aborted.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A body that takes longer to come is answered with 408, above 0.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A larger body is answered with 413; at least 1. The scheduler takes as much.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>A prompt that another engine takes longer to compute for a decode here (vllm-kvt with pd_batch) is computed here, above 0.</summary>
    public TimeSpan PrefillTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A destination in another process that takes longer to answer refuses, above 0.</summary>
    public TimeSpan MigrationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A streaming client that is this many tokens behind is dropped, at least 1.</summary>
    public int MaxUnsentTokens { get; init; } = 1024;

    /// <summary>The clock of steps, pushes and timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the log goes.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The first value that cannot be used, as a text that names it; null when all are good.</summary>
    public string? FindProblem()
    {
        if (Engines.Count == 0)
        {
            return "Engines must not be empty";
        }

        for (int i = 0; i < Engines.Count; i++)
        {
            if (FindProblem(Engines[i]) is { } problem)
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
        _ => engine.Engine.FindProblem(),
    };
}
