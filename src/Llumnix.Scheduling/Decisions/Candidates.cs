namespace Llumnix.Scheduling.Decisions;

/// <summary>The instances that a request may get in a role, before the policy's filters. Valid until the fleet is next asked for candidates.</summary>
/// <param name="healthy">Slots of the role's healthy instances, ascending.</param>
/// <param name="fitting">The healthy slots whose instances can serve this request at all (its model, its prompt's length), in their order.</param>
/// <param name="allowed">The fitting slots whose instances the request does not exclude, in their order.</param>
internal readonly ref struct Candidates(ReadOnlySpan<int> healthy, ReadOnlySpan<int> fitting, ReadOnlySpan<int> allowed)
{
    /// <summary>The candidates of a request that excludes no instance.</summary>
    public Candidates(ReadOnlySpan<int> healthy, ReadOnlySpan<int> fitting)
        : this(healthy, fitting, fitting)
    {
    }

    public ReadOnlySpan<int> Healthy { get; } = healthy;

    public ReadOnlySpan<int> Fitting { get; } = fitting;

    public ReadOnlySpan<int> Allowed { get; } = allowed;
}
