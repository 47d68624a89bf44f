using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Tests.Requests;

public sealed class PromptLengthEstimatorTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How many tokens common tokenizers make of a word, by kind of text: rare words fall into several.</summary>
    private static readonly Kind[] Kinds =
    [
        new(["the", "of", "scheduling", "request", "a", "engine", "which", "therefore", "misunderstanding", "in", "is", "balance,"], 1.25, " "),
        new(["调度", "请求", "引擎", "的", "是", "负载均衡", "模型", "。", "我们"], 1.3, ""),
        new(["for (int i = 0;", "return x;", "public", "List<string>", "=>", "{", "}", "value +=", "Console.WriteLine(\"x\");"], 4.4, "\n    "),
        new(["12", "345.67", "2024-05-01", "0x1f", "3,14"], 3.1, "; "),
        new(["Запрос", "очередь", "модель", "и", "на", "распределение"], 2.4, " "),
    ];

    /// <summary>The goal: a median error under a tenth after 50 requests on mixed text.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Estimate_MixedText_IsWithinATenthAfterFiftyRequests(int seed)
    {
        var random = new Random(seed);
        var estimator = new PromptLengthEstimator();
        for (int i = 0; i < 50; i++)
        {
            (PromptShape shape, int tokens) = Next(random);
            estimator.Learn("m", in shape, tokens);
        }

        var errors = new List<double>();
        for (int i = 0; i < 400; i++)
        {
            (PromptShape shape, int tokens) = Next(random);
            errors.Add(Math.Abs(estimator.Estimate("m", in shape) - tokens) / (double)tokens);
        }

        errors.Sort();
        Assert.InRange(errors[errors.Count / 2], 0, 0.1);
    }

    [Fact]
    public void Estimate_NothingLearned_IsOfTheRightSize()
    {
        var shape = PromptShape.Of("\"Tell me in a few plain sentences how a scheduler for inference engines balances the load between them.\""u8);
        Assert.InRange(new PromptLengthEstimator().Estimate("m", in shape), 15, 35);
    }

    [Fact]
    public void Estimate_IdsOfTheClient_AreCounted()
    {
        var shape = PromptShape.Of("[1,2,3,4,5,6,7,8,9,10]"u8);
        Assert.Equal(10, new PromptLengthEstimator().Estimate("m", in shape));
    }

    /// <summary>One engine that says nonsense must not spoil what hundreds of requests have taught.</summary>
    [Fact]
    public void Learn_Nonsense_MovesTheEstimateLittle()
    {
        var random = new Random(4);
        var estimator = new PromptLengthEstimator();
        for (int i = 0; i < 200; i++)
        {
            (PromptShape shape, int tokens) = Next(random);
            estimator.Learn("m", in shape, tokens);
        }

        (PromptShape next, _) = Next(random);
        int before = estimator.Estimate("m", in next);
        estimator.Learn("m", in next, 1);
        estimator.Learn("m", in next, int.MaxValue);
        Assert.InRange(estimator.Estimate("m", in next), before * 0.7, before * 1.3);
    }

    /// <summary>Clients differ in what they escape.</summary>
    [Theory]
    [InlineData("ab c1, я 中")]
    [InlineData("\"\n\\\té")]
    public void Shape_Escapes_CountAsTheCharactersThatTheyStandFor(string text)
    {
        byte[] escaped = JsonSerializer.SerializeToUtf8Bytes(text);
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes(text, Relaxed);
        Assert.NotEqual(plain, escaped);
        Assert.Equal(PromptShape.Of(plain), PromptShape.Of(escaped));
    }

    [Fact]
    public void Shape_ImageInAUrl_IsNotReadAsText()
    {
        var shape = PromptShape.Of(Encoding.UTF8.GetBytes($$"""[{"url":"data:image/png;base64,{{new string('A', 10_000)}}"}]"""));
        Assert.Equal(new PromptShape(0, 0, 0, 0, 0, 0, 0, 1, 0), shape);
    }

    private static (PromptShape Shape, int Tokens) Next(Random random)
    {
        int turns = random.Next(1, 6);
        var messages = new List<object>();
        double tokens = 3;
        for (int turn = 0; turn < turns; turn++)
        {
            Kind kind = Kinds[random.Next(Kinds.Length)];
            int words = (int)Math.Exp(2 + (random.NextDouble() * 5));
            var text = new StringBuilder();
            for (int i = 0; i < words; i++)
            {
                text.Append(kind.Words[random.Next(kind.Words.Length)]).Append(kind.Separator);
            }

            messages.Add(new { role = turn % 2 == 0 ? "user" : "assistant", content = text.ToString() });
            tokens += 4 + (words * kind.TokensPerWord * (0.9 + (0.2 * random.NextDouble())));
        }

        return (PromptShape.Of(JsonSerializer.SerializeToUtf8Bytes(messages, random.Next(2) == 0 ? Relaxed : null)), (int)tokens);
    }

    private sealed record Kind(string[] Words, double TokensPerWord, string Separator);
}
