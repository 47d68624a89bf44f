using Llumnix.Server.Http;

namespace Llumnix.Server.Tests.Http;

public sealed class ServiceTokenTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "anything", true)]
    [InlineData("secret", "secret", true)]
    [InlineData("secret", "Bearer secret", true)]
    [InlineData("secret", "bearer secret", true)]
    [InlineData("secret", "", false)]
    [InlineData("secret", "Bearer ", false)]
    [InlineData("secret", "secre", false)]
    [InlineData("secret", "Basic secret", false)]
    [InlineData("Bearer x", "Bearer x", true)]
    public void Admits_Header_BareOrBearer(string token, string header, bool expected) =>
        Assert.Equal(expected, new ServiceToken(token).Admits(header));
}
