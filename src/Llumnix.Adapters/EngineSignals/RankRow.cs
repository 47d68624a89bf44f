namespace Llumnix.Adapters.EngineSignals;

/// <summary>The samples of one rank while a page is read; NaN means that there is none.</summary>
internal sealed class RankRow
{
    private readonly double[] _values = new double[(int)EngineMetric.Count];
    private KeptText _model;
    private KeptText _runningLora;
    private KeptText _waitingLora;
    private double _loraTime;
    private long? _sizeTokens;
    private bool _hasModel;
    private bool? _isAwake;

    public RankRow() => Clear();

    public bool IsEmpty { get; private set; }

    public void Clear()
    {
        Array.Fill(_values, double.NaN);
        (_loraTime, _sizeTokens, _isAwake, _hasModel, IsEmpty) = (double.NaN, null, null, false, true);
    }

    public void Add(EngineMetric metric, double value, in SampleLabels labels)
    {
        IsEmpty = false;
        // The first name counts: all series of a rank have the same one.
        if (!_hasModel && labels.ModelName.Length > 0)
        {
            _model.Set(labels.ModelName);
            _hasModel = true;
        }

        switch (metric)
        {
            case EngineMetric.CacheConfig:
                _sizeTokens = labels.SizeTokens ?? _sizeTokens;
                Set(EngineMetric.Blocks, labels.Blocks);
                Set(EngineMetric.BlockSize, labels.BlockSize);
                break;
            case EngineMetric.Lora when !(value < _loraTime):
                _loraTime = value;
                _runningLora.Set(labels.RunningLora);
                _waitingLora.Set(labels.WaitingLora);
                break;
            case EngineMetric.Lora:
                break;
            case EngineMetric.SleepState:
                _isAwake = !labels.HasSleepState || labels.SleepState.SequenceEqual("awake"u8) ? value > 0 : _isAwake;
                break;
            case EngineMetric.WaitingByReason when !labels.IsForCapacity:
                break;
            default:
                Combine(ref _values[(int)metric], value, labels.IsPerProcess || IsMaximum(metric));
                break;
        }
    }

    public RankSignals ToSignals(int rank, EngineFace face, RankRow common, long? configuredCapacity)
    {
        bool isSglang = face == EngineFace.SglangMetrics;
        long? total = configuredCapacity ?? Count(EngineMetric.TotalTokens) ?? Capacity() ?? common.Capacity();
        double? usage = Ratio(EngineMetric.KvUsage) ?? Ratio(EngineMetric.OldKvUsage);
        return new RankSignals
        {
            Rank = rank,
            Running = Plus(Count(EngineMetric.Running), Count(EngineMetric.DecodeTransfer)),
            Waiting = Plus(Plus(Count(EngineMetric.Waiting), Count(EngineMetric.PrefillPrealloc)), Count(EngineMetric.DecodePrealloc)),
            WaitingForCapacity = Count(EngineMetric.WaitingByReason),
            TotalKvTokens = total > 0 ? total : null,
            KvUsage = usage,
            UsedKvTokens = Count(EngineMetric.UsedTokens) ?? (total > 0 && usage is { } share ? (long)Math.Round(share * total.Value) : null),
            PrefixCacheHitTokens = Count(EngineMetric.PrefixHits) ?? Count(EngineMetric.OldPrefixHits),
            PrefixCacheQueryTokens = isSglang ? Count(EngineMetric.PromptTokens) : Count(EngineMetric.PrefixQueries) ?? Count(EngineMetric.OldPrefixQueries),
            PromptTokens = Count(EngineMetric.PromptTokens),
            GenerationTokens = Count(EngineMetric.GenerationTokens),
            Steps = Count(EngineMetric.Steps),
            Preemptions = Count(EngineMetric.Preemptions),
            RequestPromptTokensSum = Value(EngineMetric.RequestPromptSum),
            RequestPromptTokensCount = Count(EngineMetric.RequestPromptCount),
            IsAwake = _isAwake,
            ModelName = _hasModel ? _model.Text : null,
            RunningLoraAdapters = double.IsNaN(_loraTime) ? null : _runningLora.Text,
            WaitingLoraAdapters = double.IsNaN(_loraTime) ? null : _waitingLora.Text,
        };
    }

    // The block size label of a hybrid model is its smallest group's, so that the product is only the second choice.
    private long? Capacity() => _sizeTokens
        ?? (Count(EngineMetric.Blocks) is { } blocks && Count(EngineMetric.BlockSize) is { } size && Math.BigMul((ulong)blocks, (ulong)size, out ulong low) == 0
            && low <= long.MaxValue ? (long)low : null);

    private void Set(EngineMetric metric, long? value)
    {
        if (value is { } known)
        {
            _values[(int)metric] = known;
        }
    }

    // Shares and sizes do not add up; of the same count from several processes one is right and the others are 0 or old.
    private static bool IsMaximum(EngineMetric metric) => metric is EngineMetric.KvUsage or EngineMetric.OldKvUsage or EngineMetric.UsedTokens
        or EngineMetric.TotalTokens or EngineMetric.Blocks or EngineMetric.BlockSize;

    private static void Combine(ref double value, double sample, bool isMaximum) =>
        value = double.IsNaN(value) ? sample : isMaximum ? Math.Max(value, sample) : value + sample;

    private static long? Plus(long? count, long? more) => count + (more ?? 0);

    private double? Value(EngineMetric metric) => double.IsNaN(_values[(int)metric]) ? null : _values[(int)metric];

    private double? Ratio(EngineMetric metric) => Value(metric) is { } value ? Math.Min(value, 1) : null;

    // Above 2^53 a double is no count any more, and the sum of any few counts stays within 64 bits.
    private long? Count(EngineMetric metric) => Value(metric) is { } value && value <= 1L << 53 ? (long)value : null;
}
