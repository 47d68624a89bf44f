namespace Llumnix.Server.Options.Validation;

/// <summary>What this version refuses to start with. A feature that lands deletes its line.</summary>
internal static class UnavailableFeatures
{
    public static IReadOnlyList<UnavailableFeature> All { get; } =
    [
    ];
}
