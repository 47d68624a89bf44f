using System.Text.Json;

namespace Llumnix.Cli.Explain;

/// <summary>The answer of a scheduler's <c>/debug/explain</c>.</summary>
/// <param name="Roles">One for each instance that the request needs.</param>
/// <param name="Warning">What does not work at the scheduler although it places requests; null when all does.</param>
internal sealed record Explanation(IReadOnlyList<ExplainedRole> Roles, string? Warning = null)
{
    /// <summary>Whether the request would be placed: there is an instance for each role.</summary>
    internal bool IsPlaced => Roles.Count > 0 && Roles.All(static role => role.InstanceId is not null);

    /// <summary>Whether it would reach an engine: it would be placed, and not only where nothing answers.</summary>
    internal bool IsServed => IsPlaced && !Roles.Any(static role => role.PickIsUnreachable);

    /// <summary>Reads an answer; null when it is no explanation.</summary>
    internal static Explanation? Parse(ReadOnlySpan<byte> answer)
    {
        try
        {
            // The annotations of the types do not reach the elements of lists.
            return JsonSerializer.Deserialize(answer, ExplanationJson.Default.Explanation) is { } explanation
                && explanation.Roles.All(static role => role is not null && role.Candidates.All(static candidate => candidate is not null))
                ? explanation
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
