using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Redis;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

/// <summary>The rows of the flags that say where the CMS is and how often it is read.</summary>
public static class CmsOptionTable
{
    private const string Title = "CMS (full mode)";

    private static readonly OptionGroup<SchedulerOptions, CmsOptions> Group = new(Title, o => o.Cms, (o, g) => o with { Cms = g });

    private static readonly IReadOnlyList<OptionDefinition<SchedulerOptions>> Redis =
        MakeRedis<SchedulerOptions>(Title, o => o.Cms.Redis, (o, g) => o with { Cms = o.Cms with { Redis = g } });

    /// <summary>The rows of the scheduler.</summary>
    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        .. Redis,
        Group.Row("cms-redis-retry-times", Integer(0, 1000), "Retries after a failed connection to the CMS Redis.",
            g => g.RetryTimes, (g, v) => g with { RetryTimes = v }),
        Group.Row("cms-pull-status-interval-ms", Milliseconds, "Time between two reads of all statuses in the CMS, in milliseconds.",
            g => g.StatusInterval, (g, v) => g with { StatusInterval = v }),
        Group.Row("cms-pull-metadata-interval-ms", Milliseconds, "Time between two reads of all metadata in the CMS, in milliseconds.",
            g => g.MetadataInterval, (g, v) => g with { MetadataInterval = v }),
    ];

    /// <summary>The rows of a program whose options hold those of the CMS Redis.</summary>
    /// <param name="title">Heading in help texts.</param>
    /// <param name="get">Gets the options of the CMS Redis.</param>
    /// <param name="set">Returns the program's options with those replaced.</param>
    public static IReadOnlyList<OptionDefinition<TOptions>> MakeRedis<TOptions>(
        string title, Func<TOptions, RedisOptions> get, Func<TOptions, RedisOptions, TOptions> set)
    {
        var redis = new OptionGroup<TOptions, RedisOptions>(title, get, set);
        return
        [
            redis.Row("cms-redis-host", OptionTypes.Host, "Host of the CMS Redis.", g => g.Host, (g, v) => g with { Host = v }),
            redis.Row("cms-redis-port", Port, "Port of the CMS Redis.", g => g.Port, (g, v) => g with { Port = v }),
            redis.Row("cms-redis-username", Text, "User of the CMS Redis.", g => g.User, (g, v) => g with { User = v }),
            redis.Row("cms-redis-password", OptionTypes.Secret, "Password of the CMS Redis.", g => g.Password, (g, v) => g with { Password = v }),
            redis.SecretFileRow("cms-redis-password"),
            redis.Row("cms-redis-timeout", Seconds, "Bound on connecting to the CMS Redis and on each command, in seconds.",
                g => g.Timeout, (g, v) => g with { Timeout = v }),
            redis.Row("cms-redis-tls", OptionTypes.Boolean, "Connect to the CMS Redis with TLS.", g => g.UseTls, (g, v) => g with { UseTls = v }),
            redis.Row("cms-redis-ca-file", FilePath, "PEM file of the certificate authorities that the CMS Redis is checked against; without it the system's.",
                g => g.CaFile, (g, v) => g with { CaFile = v }),
        ];
    }
}
