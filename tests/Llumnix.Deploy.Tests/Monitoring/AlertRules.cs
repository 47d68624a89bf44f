using System.Text.Json.Nodes;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>The rules of deploy/base/monitoring/alerts.yml.</summary>
internal static class AlertRules
{
    /// <summary>Every rule, of alerts and of recorded series.</summary>
    internal static IReadOnlyList<JsonNode> All { get; } =
    [
        .. Assert.Single(YamlDocuments.Parse(Checkout.Read("deploy/base/monitoring/alerts.yml")))["groups"]!.AsArray()
            .SelectMany(static group => group!["rules"]!.AsArray()).Select(static rule => rule!),
    ];

    /// <summary>The names of the recorded series.</summary>
    internal static IReadOnlySet<string> Records { get; } =
        All.Where(static rule => rule["record"] is not null).Select(static rule => (string)rule["record"]!).ToHashSet();
}
