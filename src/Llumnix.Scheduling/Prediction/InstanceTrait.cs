using System.Globalization;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Something that metadata tell of an instance, by which rules name instances.</summary>
public sealed class InstanceTrait
{
    private readonly Func<InstanceMetadata, IEnumerable<string>> _valuesOf;

    private InstanceTrait(string name, string description, Func<InstanceMetadata, IEnumerable<string>> valuesOf) =>
        (Name, Description, _valuesOf) = (name, description, valuesOf);

    /// <summary>All traits but labels, of which <see cref="OfLabel"/> makes one for each key.</summary>
    public static IReadOnlyList<InstanceTrait> All { get; } =
    [
        new("instance", "the instance's id", static metadata => Text(metadata.InstanceId)),
        new("node", "its node", static metadata => Known(metadata.NodeId)),
        new("unit", "its unit", static metadata => Known(metadata.UnitId)),
        new("model", "one of the models that it serves; only with `--status-source engines`", static metadata => metadata.Models),
        new("infer_type", "`neutral`, `prefill` or `decode`", static metadata => [metadata.InferType.ToName()]),
        new("backend", "the engine's kind", static metadata => Text(metadata.BackendType)),
        new("tensor_parallel", "number of tensor-parallel ranks", static metadata => Number(metadata.TensorParallelSize)),
        new("data_parallel", "number of data-parallel ranks", static metadata => Number(metadata.DataParallelSize)),
        new("block_size", "tokens in a KV block", static metadata => Number(metadata.BlockSize)),
    ];

    /// <summary>Its key in a file of rules.</summary>
    public string Name { get; }

    /// <summary>What it is, for documentation.</summary>
    public string Description { get; }

    /// <summary>The value of a label of the instance.</summary>
    /// <param name="key">The label's key.</param>
    public static InstanceTrait OfLabel(string key) => new($"labels.{key}", $"the label {key}", metadata => LabelOf(metadata.Labels, key));

    /// <summary>Its values for an instance; none where the metadata do not tell it.</summary>
    public IEnumerable<string> ValuesOf(InstanceMetadata metadata) => _valuesOf(metadata);

    private static string[] Text(string value) => value.Length > 0 ? [value] : [];

    private static string[] Known(string id) => id is "" or "0" ? [] : [id];

    private static string[] Number(int value) => value > 0 ? [value.ToString(CultureInfo.InvariantCulture)] : [];

    private static IEnumerable<string> LabelOf(string labels, string key) => labels
        .Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Where(label => label.Length > key.Length && label[key.Length] == '=' && label.StartsWith(key, StringComparison.Ordinal))
        .Select(label => label[(key.Length + 1)..]);
}
