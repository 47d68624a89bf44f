namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Which instances of one view serve a model. An instance that has named no models counts as serving every one, unless nothing was ever heard of it. Costs nothing where none has named any.
/// Made once per view.
/// </summary>
internal sealed class ServedModels
{
    /// <summary>The condition's name in explanations.</summary>
    internal const string FilterName = "model";

    private readonly Dictionary<string, bool[]> _byModel = new(StringComparer.Ordinal);
    private readonly bool[] _unnamed;
    private readonly int[] _serving;
    private readonly bool _isAnyNamed;

    /// <param name="view">The view; its instances need not have their slots yet.</param>
    /// <param name="metadataOf">The metadata that the view was built from; instances may still hold their old metadata.</param>
    internal ServedModels(ClusterView<FullModeInstance> view, Func<FullModeInstance, InstanceMetadata> metadataOf)
    {
        InstanceMetadata[] metadata = [.. view.Instances.ToArray().Select(metadataOf)];
        IReadOnlyList<string>[] models = [.. metadata.Select(static described => described.Models)];
        _serving = new int[view.Count];
        _unnamed = [.. metadata.Select(static described => described.Models.Count == 0 && !described.IsUnheard)];
        _isAnyNamed = Array.Exists(models, static names => names.Count > 0);
        for (int slot = 0; slot < models.Length; slot++)
        {
            foreach (string model in models[slot])
            {
                if (!_byModel.TryGetValue(model, out bool[]? serves))
                {
                    _byModel.Add(model, serves = [.. _unnamed]);
                }

                serves[slot] = true;
            }
        }
    }

    /// <summary>The slots whose instances serve a model, in their order; valid until the next call.</summary>
    /// <param name="slots">Slots of the view.</param>
    /// <param name="model">The model; empty: any.</param>
    internal ReadOnlySpan<int> Serving(ReadOnlySpan<int> slots, string model)
    {
        if (!_isAnyNamed || model.Length == 0)
        {
            return slots;
        }

        bool[] serves = _byModel.GetValueOrDefault(model, _unnamed);
        int kept = 0;
        foreach (int slot in slots)
        {
            _serving[kept] = slot;
            kept += serves[slot] ? 1 : 0;
        }

        return _serving.AsSpan(0, kept);
    }

    /// <summary>Whether any instance in a range of slots serves a model, healthy or not.</summary>
    internal bool IsAnyServing(int start, int end, string model) =>
        !_isAnyNamed || model.Length == 0 || _byModel.GetValueOrDefault(model, _unnamed).AsSpan(start..end).Contains(true);
}
