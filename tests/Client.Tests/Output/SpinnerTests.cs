using AdaptCluster.Client.Output;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Client.Tests.Output;

public sealed class SpinnerTests
{
    [Theory]
    [InlineData(0, "| starting 0:00")]
    [InlineData(250, "/ starting 0:00")]
    [InlineData(3500, "- starting 0:03")]
    [InlineData(3750, "\\ starting 0:03")]
    [InlineData(64_000, "| starting 1:04")]
    public void The_sign_moves_four_times_a_second_and_counts_the_time(int milliseconds, string expected) =>
        Assert.Equal(expected, Spinner.At(TimeSpan.FromMilliseconds(milliseconds), "starting"));

    [Fact]
    public async Task A_terminal_shows_it_until_it_is_over_and_lines_stand_above_it()
    {
        var (text, time) = (new StringWriter(), new FakeTimeProvider());
        await using (var spinner = Spinner.Start(text, "starting", time, shown: true))
        {
            while (!text.ToString().Contains("starting", StringComparison.Ordinal))
            {
                time.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
            await spinner.WriteLineAsync("waiting for process 7");
        }

        Assert.Contains("\r\u001b[Kwaiting for process 7", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[K", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elsewhere_nothing_but_lines_is_written()
    {
        var text = new StringWriter();
        await using (var spinner = Spinner.Start(text, "starting", new FakeTimeProvider(), shown: false))
            await spinner.WriteLineAsync("a line");

        Assert.Equal("a line", text.ToString().Trim());
    }
}
