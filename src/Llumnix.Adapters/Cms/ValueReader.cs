namespace Llumnix.Adapters.Cms;

/// <summary>Reads the value of a CMS key into a domain type.</summary>
/// <param name="bytes">The value as the store has it.</param>
/// <param name="instanceId">The instance's id by the key.</param>
/// <param name="written">When it was written, by our clock.</param>
/// <param name="value">The result, when the value is usable.</param>
/// <returns>Null, or why the value is not usable.</returns>
internal delegate CmsSkipReason? ValueReader<T>(ReadOnlySpan<byte> bytes, string instanceId, WriteTime written, out T? value)
    where T : class;
