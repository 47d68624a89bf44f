namespace Llumnix.Scheduling.Instances;

/// <summary>The slots of the instances that serve a model in a role: the instances of the model, and those without a named model. Made once per view.</summary>
internal sealed class ModelIndex
{
    private const int InferTypes = 3;
    private readonly ClusterView<LiteModeInstance> _view;
    private readonly int[] _all;
    private readonly int[][] _unnamed;
    private readonly Dictionary<string, int[][]>? _byModel;

    /// <param name="view">The view; its instances need not have their slots yet.</param>
    /// <param name="describe">The description that the view was built from; instances may still hold their old description.</param>
    /// <param name="isMultiModel">Whether models restrict the choice; otherwise every instance serves every model.</param>
    internal ModelIndex(
        ClusterView<LiteModeInstance> view, Func<LiteModeInstance, DiscoveredInstance> describe, bool isMultiModel)
    {
        _view = view;
        _all = [.. Enumerable.Range(0, view.Count)];
        string[] models = [.. view.Instances.ToArray().Select(instance => describe(instance).Model)];
        _unnamed = SlotsServing("", models);
        _byModel = isMultiModel
            ? models.Where(static model => model.Length > 0).Distinct(StringComparer.Ordinal)
                .ToDictionary(model => model, model => SlotsServing(model, models), StringComparer.Ordinal)
            : null;
    }

    /// <summary>Ascending slots of the instances that may serve a request for a model.</summary>
    internal ReadOnlySpan<int> SlotsOf(InferType role, string model)
    {
        if (_byModel is not null)
        {
            return (_byModel.TryGetValue(model, out int[][]? slots) ? slots : _unnamed)[(int)role];
        }

        (int start, int end) = _view.SlotsOf(role);
        return _all.AsSpan(start..end);
    }

    private int[][] SlotsServing(string model, string[] models)
    {
        var slots = new int[InferTypes][];
        for (InferType type = InferType.Neutral; type <= InferType.Decode; type++)
        {
            (int start, int end) = _view.SlotsOf(type);
            slots[(int)type] = [.. _all[start..end].Where(slot => models[slot].Length == 0 || models[slot] == model)];
        }

        return slots;
    }
}
