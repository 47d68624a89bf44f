using Llumnix.EngineEmulator.Http;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class PromptBuilderTests
{
    private static Prompt Tokens(params int[] tokens)
    {
        var builder = new PromptBuilder(blockSize: 2);
        foreach (int token in tokens)
        {
            builder.AddToken((ulong)token);
        }

        return builder.Build();
    }

    [Fact]
    public void Build_Tokens_GivesOneIdPerCompleteBlock()
    {
        Prompt prompt = Tokens(1, 2, 3, 4, 5);

        Assert.Equal(5, prompt.Tokens);
        Assert.Equal(2, prompt.ContentIds.Length);
    }

    [Fact]
    public void Build_IdsDependOnAllThatComesBefore()
    {
        ulong[] first = Tokens(1, 2, 3, 4).ContentIds.ToArray();

        Assert.Equal(first, Tokens(1, 2, 3, 4, 9).ContentIds.ToArray());
        Assert.Equal(first[0], Tokens(1, 2, 9, 4).ContentIds.Span[0]);
        Assert.NotEqual(first[1], Tokens(1, 2, 9, 4).ContentIds.Span[1]);
        Assert.NotEqual(first[1], Tokens(9, 2, 3, 4).ContentIds.Span[1]);
        Assert.NotEqual(first[0], Tokens(2, 1).ContentIds.Span[0]);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("  \n ", 0)]
    [InlineData("one", 1)]
    [InlineData(" one  two\tthree\n", 3)]
    public void AddWords_Text_CountsWhatWhitespaceSeparates(string text, int words)
    {
        var builder = new PromptBuilder(blockSize: 16);
        builder.AddWords(text);

        Assert.Equal(words, builder.Build().Tokens);
    }
}
