namespace Llumnix.Gateway.Requests;

/// <summary>
/// Estimates the tokens of a prompt as a weighted sum of its shape. Learns the weights by recursive least squares over relative errors, starting from
/// weights of common tokenizers. One prompt moves them by a bounded step only, since a client may send any text. Safe for concurrent use.
/// </summary>
internal sealed class PromptLengthModel
{
    private const int Size = 9;

    /// <summary>Variance of the relative error that remains with the best weights.</summary>
    private const double Noise = 0.05 * 0.05;

    private const double MaxError = 0.5;

    /// <summary>Share of the initial variance that is added back per update, so that the weights can follow a change of the model behind a name.</summary>
    private const double Drift = 1e-4;

    private static readonly double[] Spread = [0.4, 0.05, 0.3, 0.3, 0.3, 0.4, 3, 700, 10];
    private readonly double[] _weights = [0.9, 0.06, 0.5, 0.5, 0.4, 0.7, 2, 700, 3];
    private readonly double[,] _covariance = new double[Size, Size];
    private readonly Lock _gate = new();

    public PromptLengthModel()
    {
        for (int i = 0; i < Size; i++)
        {
            _covariance[i, i] = Spread[i] * Spread[i];
        }
    }

    /// <summary>The estimated length in tokens, 0 or above; exact where the prompt is of token ids.</summary>
    public int Estimate(in PromptShape shape)
    {
        if (shape.IsIds)
        {
            return shape.Ids;
        }

        Span<double> features = stackalloc double[Size];
        Write(in shape, features);
        lock (_gate)
        {
            return (int)Math.Clamp(Math.Round(Dot(features)) + shape.Ids, 0, int.MaxValue);
        }
    }

    /// <summary>Learns from the true length of a prompt.</summary>
    /// <param name="shape">The prompt's shape.</param>
    /// <param name="tokens">Its length in tokens; more than <see cref="PromptShape.Ids"/>.</param>
    public void Learn(in PromptShape shape, int tokens)
    {
        Span<double> features = stackalloc double[Size];
        Write(in shape, features);
        double length = tokens - shape.Ids;
        foreach (ref double feature in features)
        {
            feature /= length;
        }

        lock (_gate)
        {
            Update(features, Math.Clamp(1 - Dot(features), -MaxError, MaxError));
        }
    }

    private static void Write(in PromptShape shape, Span<double> features)
    {
        features[0] = shape.Words;
        features[1] = shape.Letters;
        features[2] = shape.Digits;
        features[3] = shape.Signs;
        features[4] = shape.Narrow;
        features[5] = shape.Wide;
        features[6] = shape.Strings;
        features[7] = shape.Images;
        features[8] = 1;
    }

    private double Dot(ReadOnlySpan<double> features)
    {
        double sum = 0;
        for (int i = 0; i < Size; i++)
        {
            sum += _weights[i] * features[i];
        }

        return sum;
    }

    private void Update(ReadOnlySpan<double> features, double error)
    {
        Span<double> gain = stackalloc double[Size];
        double variance = Noise;
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                gain[i] += _covariance[i, j] * features[j];
            }

            variance += features[i] * gain[i];
        }

        for (int i = 0; i < Size; i++)
        {
            _weights[i] = Math.Max(0, _weights[i] + (gain[i] / variance * error));
            for (int j = 0; j < Size; j++)
            {
                _covariance[i, j] -= gain[i] * gain[j] / variance;
            }
        }

        for (int i = 0; i < Size; i++)
        {
            _covariance[i, i] = Math.Min(_covariance[i, i] + (Drift * Spread[i] * Spread[i]), Spread[i] * Spread[i]);
        }
    }
}
