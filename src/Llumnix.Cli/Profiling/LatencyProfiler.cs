namespace Llumnix.Cli.Profiling;

/// <summary>Measures every cell of a grid that is not in the tables yet.</summary>
/// <param name="probe">Sends the requests.</param>
/// <param name="grid">What to measure.</param>
/// <param name="time">The clock of timeouts.</param>
/// <param name="progress">Told of each finished cell.</param>
internal sealed class LatencyProfiler(LatencyProbe probe, ProfileGrid grid, TimeProvider time, IProgress<ProfileCell> progress)
{
    /// <summary>Tables hold times above 0.</summary>
    private const double SmallestMs = 0.001;

    /// <summary>Measures prefill times.</summary>
    /// <exception cref="ProfileException">The endpoint cannot be measured at all.</exception>
    public async Task MeasurePrefillAsync(ProfileTableFile table, CancellationToken cancellation)
    {
        foreach (int tokens in grid.PromptTokens)
        {
            if (!table.Has(("tokens_num", tokens)))
            {
                double[]? samples = await TryAsync(token => PrefillAsync(tokens, token), cancellation);
                if (samples is not null)
                {
                    table.Add(CellStatistics.Of(samples), ("tokens_num", tokens));
                }

                progress.Report(new ProfileCell($"prefill of {tokens} tokens", samples is null ? null : CellStatistics.Of(samples).P50));
                continue;
            }

            progress.Report(new ProfileCell($"prefill of {tokens} tokens (from before)", null) { IsKnown = true });
        }
    }

    /// <summary>Measures decode step times. A cell that does not fit into the engine is left out: readers of the table complete it.</summary>
    public async Task MeasureDecodeAsync(ProfileTableFile table, CancellationToken cancellation)
    {
        foreach (int batch in grid.BatchSizes)
        {
            foreach (int tokens in grid.TokensPerRequest)
            {
                string name = $"decode of {batch} requests with {tokens} tokens";
                if (table.Has(("batch_size", batch), ("tokens_per_request", tokens)))
                {
                    progress.Report(new ProfileCell(name + " (from before)", null) { IsKnown = true });
                    continue;
                }

                double[]? samples = await TryAsync(token => DecodeAsync(batch, tokens, token), cancellation);
                if (samples is not null)
                {
                    table.Add(CellStatistics.Of(samples), ("batch_size", batch), ("tokens_per_request", tokens));
                }

                progress.Report(new ProfileCell(name, samples is null ? null : CellStatistics.Of(samples).P50));
            }
        }
    }

    private async Task<double[]?> TryAsync(Func<CancellationToken, Task<double[]?>> measure, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(grid.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            return await measure(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// The first request pays for connections and whatever the engine does once; it does not count. The round trip is taken off: the policy
    /// reckons with the engine's time for every chunk of a prompt, and the network is crossed once.
    /// </summary>
    private async Task<double[]?> PrefillAsync(int tokens, CancellationToken cancellation)
    {
        double[] samples = new double[grid.Repeats];
        double[] roundTrips = new double[grid.Repeats];
        for (int i = -1; i < samples.Length; i++)
        {
            double roundTrip = await probe.RoundTripAsync(cancellation);
            double[] arrivals = await probe.StreamAsync(tokens, outputTokens: 1, cancellation);
            if (i >= 0)
            {
                (samples[i], roundTrips[i]) = (arrivals[0], roundTrip);
            }
        }

        double network = CellStatistics.Of(roundTrips).P50;
        return [.. samples.Select(sample => Math.Max(SmallestMs, sample - network))];
    }

    private async Task<double[]?> DecodeAsync(int batch, int tokens, CancellationToken cancellation)
    {
        double[] samples = new double[grid.Repeats];
        for (int i = 0; i < samples.Length; i++)
        {
            if (await DecodeStepAsync(batch, tokens, cancellation) is not { } step)
            {
                return null;
            }

            samples[i] = step;
        }

        return samples;
    }

    /// <summary>
    /// One step's time while the whole batch decodes: from the last first token to the first last token. Prompts are so much shorter that
    /// contexts have the wanted length in the middle of that time.
    /// </summary>
    /// <returns>Milliseconds; null when the batch never decoded as a whole, as when it does not fit into the KV cache.</returns>
    private async Task<double?> DecodeStepAsync(int batch, int tokens, CancellationToken cancellation)
    {
        int output = grid.StepsToFill(batch, tokens) + grid.DecodeSteps;
        int prompt = Math.Max(1, tokens - output + (grid.DecodeSteps / 2));
        long start = time.GetTimestamp();
        var streams = new List<Task<(double Sent, double[] Arrivals)>>(batch);
        for (int i = 0; i < batch; i++)
        {
            streams.Add(StreamAsync(prompt, output, start, cancellation));
        }

        (double Sent, double[] Arrivals)[] all = await Task.WhenAll(streams);
        double from = all.Max(static stream => stream.Sent + stream.Arrivals[0]);
        double to = all.Min(static stream => stream.Sent + stream.Arrivals[^1]);
        double[] steps = [.. all.Select(stream => MeanGap(stream.Sent, stream.Arrivals, from, to)).Where(static gap => gap > 0).Order()];
        return steps.Length == batch ? steps[steps.Length / 2] : null;
    }

    private async Task<(double Sent, double[] Arrivals)> StreamAsync(int prompt, int output, long start, CancellationToken cancellation)
    {
        double sent = time.GetElapsedTime(start).TotalMilliseconds;
        return (sent, await probe.StreamAsync(prompt, output, cancellation));
    }

    /// <summary>Mean time between a stream's tokens within a span; 0 when it has fewer than three there.</summary>
    private static double MeanGap(double sent, double[] arrivals, double from, double to)
    {
        int first = Array.FindIndex(arrivals, arrival => sent + arrival >= from);
        int last = Array.FindLastIndex(arrivals, arrival => sent + arrival <= to);
        return first >= 0 && last - first >= 2 ? (arrivals[last] - arrivals[first]) / (last - first) : 0;
    }
}
