namespace Llumnix.Adapters.Options.Table;

internal sealed class OptionBinding<TOptions, T>(
    OptionType<T> type, Func<TOptions, T> get, Func<TOptions, T, TOptions> set) : IOptionBinding<TOptions>
{
    public string Expected => type.Expected;

    public string? Explain(string text) => type.Explain(text);

    public string Write(TOptions options) => type.Write(get(options));

    public bool TryApply(string text, TOptions options, out TOptions applied)
    {
        bool isUsable = type.Read(text, out T value) && type.IsInRange(value);
        applied = isUsable ? set(options, value) : options;
        return isUsable;
    }

    public bool IsInRange(TOptions options) => type.IsInRange(get(options));
}
