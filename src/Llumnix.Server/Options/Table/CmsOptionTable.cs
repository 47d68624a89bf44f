using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Redis;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class CmsOptionTable
{
    private const string Title = "CMS (full mode)";

    private static readonly OptionGroup<SchedulerOptions, CmsOptions> Group = new(Title, o => o.Cms, (o, g) => o with { Cms = g });

    private static readonly OptionGroup<SchedulerOptions, RedisOptions> Redis =
        new(Title, o => o.Cms.Redis, (o, g) => o with { Cms = o.Cms with { Redis = g } });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Redis.Row("cms-redis-host", Name, "Host of the CMS Redis.", g => g.Host, (g, v) => g with { Host = v }),
        Redis.Row("cms-redis-port", Port, "Port of the CMS Redis.", g => g.Port, (g, v) => g with { Port = v }),
        Redis.Row("cms-redis-username", Text, "User of the CMS Redis.", g => g.User, (g, v) => g with { User = v }),
        Redis.Row("cms-redis-password", OptionTypes.Secret, "Password of the CMS Redis.",
            g => g.Password, (g, v) => g with { Password = v }),
        Redis.SecretFileRow("cms-redis-password"),
        Redis.Row("cms-redis-timeout", Seconds, "Bound on connecting and on each command, in seconds.",
            g => g.Timeout, (g, v) => g with { Timeout = v }),
        Group.Row("cms-redis-retry-times", Integer(0, 1000), "Retries after a failed connection.",
            g => g.RetryTimes, (g, v) => g with { RetryTimes = v }),
        Redis.Row("cms-redis-tls", OptionTypes.Boolean, "Connect with TLS.", g => g.UseTls, (g, v) => g with { UseTls = v }),
        Redis.Row("cms-redis-ca-file", Text, "PEM file of the authorities to trust instead of the system's.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
        Group.Row("cms-pull-status-interval-ms", Milliseconds, "Time between two reads of all statuses, in milliseconds.",
            g => g.StatusInterval, (g, v) => g with { StatusInterval = v }),
        Group.Row("cms-pull-metadata-interval-ms", Milliseconds, "Time between two reads of all metadata, in milliseconds.",
            g => g.MetadataInterval, (g, v) => g with { MetadataInterval = v }),
    ];
}
