namespace Llumnix.Scheduling.Instances;

/// <summary>
/// The members of the cluster in slots: sorted by infer type, then by rank, then by id, so that every infer type is one contiguous range.
/// Immutable; a change of membership or metadata makes a new one.
/// </summary>
internal sealed class ClusterView<TInstance>
    where TInstance : Instance
{
    private const int InferTypes = 3;
    private readonly TInstance[] _instances;
    private readonly int[] _starts = new int[InferTypes + 1];

    internal static readonly ClusterView<TInstance> Empty = new([]);

    /// <summary>Builds a view; takes ownership of the array and sorts it. Slots are assigned later, by <see cref="AssignSlots"/>.</summary>
    /// <param name="instances">The members.</param>
    /// <param name="inferTypeOf">The infer type to sort by, when instances may still hold an old one; null for the instances' own.</param>
    /// <param name="rankOf">The rank to sort by within an infer type; null for none.</param>
    internal ClusterView(TInstance[] instances, Func<TInstance, InferType>? inferTypeOf = null, Func<TInstance, int>? rankOf = null)
    {
        inferTypeOf ??= static instance => instance.InferType;
        Array.Sort(instances, (a, b) =>
        {
            int order = inferTypeOf(a).CompareTo(inferTypeOf(b));
            order = order != 0 || rankOf is null ? order : rankOf(a).CompareTo(rankOf(b));
            return order != 0 ? order : string.CompareOrdinal(a.Id, b.Id);
        });
        _instances = instances;
        foreach (TInstance instance in instances)
        {
            _starts[(int)inferTypeOf(instance) + 1]++;
        }

        for (int type = 0; type < InferTypes; type++)
        {
            _starts[type + 1] += _starts[type];
        }
    }

    internal ReadOnlySpan<TInstance> Instances => _instances;

    internal int Count => _instances.Length;

    /// <summary>Whether there is any member of an infer type.</summary>
    internal bool IsAny(InferType inferType) => _starts[(int)inferType] < _starts[(int)inferType + 1];

    /// <summary>The range of slots of an infer type; the end is exclusive.</summary>
    internal (int Start, int End) SlotsOf(InferType inferType) => (_starts[(int)inferType], _starts[(int)inferType + 1]);

    internal void AssignSlots()
    {
        for (int slot = 0; slot < _instances.Length; slot++)
        {
            _instances[slot].Slot = slot;
        }
    }
}
