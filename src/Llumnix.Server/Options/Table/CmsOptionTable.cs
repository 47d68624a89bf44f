using static Llumnix.Server.Options.Table.DurationTypes;
using static Llumnix.Server.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class CmsOptionTable
{
    private static readonly OptionGroup<CmsOptions> Group = new("CMS (full mode)", o => o.Cms, (o, g) => o with { Cms = g });

    public static IReadOnlyList<OptionDefinition> Rows { get; } =
    [
        Group.Row("cms-redis-host", Name, "Host of the CMS Redis.", g => g.RedisHost, (g, v) => g with { RedisHost = v }),
        Group.Row("cms-redis-port", Port, "Port of the CMS Redis.", g => g.RedisPort, (g, v) => g with { RedisPort = v }),
        Group.Row("cms-redis-username", Text, "User of the CMS Redis.", g => g.RedisUsername, (g, v) => g with { RedisUsername = v }),
        Group.Row("cms-redis-password", OptionTypes.Secret, "Password of the CMS Redis.",
            g => g.RedisPassword, (g, v) => g with { RedisPassword = v }),
        Group.SecretFileRow("cms-redis-password"),
        Group.Row("cms-redis-timeout", Seconds, "Bound on connecting and on each command, in seconds.",
            g => g.RedisTimeout, (g, v) => g with { RedisTimeout = v }),
        Group.Row("cms-redis-retry-times", Integer(0, 1000), "Retries after a failed connection.",
            g => g.RedisRetries, (g, v) => g with { RedisRetries = v }),
        Group.Row("cms-redis-tls", OptionTypes.Boolean, "Connect with TLS.", g => g.UseRedisTls, (g, v) => g with { UseRedisTls = v }),
        Group.Row("cms-redis-ca-file", Text, "PEM file of the authorities to trust instead of the system's.",
            g => g.RedisCaFile, (g, v) => g with { RedisCaFile = v }),
        Group.Row("cms-pull-status-interval-ms", Milliseconds, "Time between two reads of all statuses, in milliseconds.",
            g => g.PullStatusInterval, (g, v) => g with { PullStatusInterval = v }),
        Group.Row("cms-pull-metadata-interval-ms", Milliseconds, "Time between two reads of all metadata, in milliseconds.",
            g => g.PullMetadataInterval, (g, v) => g with { PullMetadataInterval = v }),
    ];
}
