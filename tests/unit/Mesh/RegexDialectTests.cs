using System.Diagnostics;
using Intercept.Mesh;

namespace Intercept.Tests.Unit.Mesh;

public sealed class RegexDialectTests
{
    [Theory]
    [InlineData(".*/ns/shop/.*")]
    [InlineData(@"spiffe://[a-z0-9.-]+/ns/(a|b)/sa/\w+")]
    [InlineData(@"a{2,5}?b+?c*\d\D\s\S\W\b\B")]
    [InlineData(@"\.\/\-\[\(\$")]
    [InlineData("(?:a|b)?")]
    [InlineData("[^a-z]")]
    [InlineData("[]a]")]
    [InlineData("[^]a]")]
    [InlineData(@"[\]\[]")]
    [InlineData("[(?i)]")]
    public void Takes_what_both_engines_read_alike(string pattern) => Assert.Null(RegexDialect.Check(pattern));

    [Theory]
    [InlineData(@"(a)\1", @"uses '\1', which engines read differently")]
    [InlineData(@"\Aa", @"uses '\A', which engines read differently")]
    [InlineData(@"a\z", @"uses '\z', which engines read differently")]
    [InlineData(@"\Qa.b\E", @"uses '\Q', which engines read differently")]
    [InlineData(@"\p{L}", @"uses '\p', which engines read differently")]
    [InlineData(@"\x41", @"uses '\x', which engines read differently")]
    [InlineData(@"[\x41]", @"uses '\x', which engines read differently")]
    [InlineData("(?i)a", "uses a '(?' group other than '(?:'")]
    [InlineData("(?P<n>a)", "uses a '(?' group other than '(?:'")]
    [InlineData("(?=a)", "uses a '(?' group other than '(?:'")]
    [InlineData("(?#no)a", "uses a '(?' group other than '(?:'")]
    [InlineData("[[:alpha:]]", "uses a nested character class, which engines read differently")]
    [InlineData("[][:alpha:]]", "uses a nested character class, which engines read differently")]
    [InlineData("[^][:alpha:]]", "uses a nested character class, which engines read differently")]
    [InlineData("[a-z-[aeiou]]", "uses a nested character class, which engines read differently")]
    [InlineData("[]-[a]]", "uses a nested character class, which engines read differently")]
    public void Refuses_what_they_do_not_and_says_what_it_is(string pattern, string why) => Assert.Equal(why, RegexDialect.Check(pattern));

    [Theory]
    [InlineData("(")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a{2,1}")]
    [InlineData("[z-a]")]
    [InlineData("a\\")]
    [InlineData(")a(")]
    [InlineData("a)|(b")]
    [InlineData("a)|(?:b")]
    [InlineData("a)|(?:b\\")]
    public void Refuses_what_is_no_expression_by_itself(string pattern) =>
        Assert.Equal("is not a regular expression", RegexDialect.Check(pattern));

    [Fact]
    public void Refuses_an_empty_and_an_oversized_expression()
    {
        Assert.Equal("is not 1 to 4096 characters long", RegexDialect.Check(""));
        Assert.Equal("is not 1 to 4096 characters long", RegexDialect.Check(new string('a', 4097)));
        Assert.Null(RegexDialect.Check($"[{new string('a', 4094)}]"));
    }

    [Theory]
    [InlineData("a|b", "a", true)]
    [InlineData("a|b", "ab", false)]
    [InlineData("a", "a\n", false)]
    [InlineData("^a$", "a", true)]
    [InlineData("a.c", "a\nc", false)]
    [InlineData("A", "a", false)]
    public void The_whole_value_must_match(string pattern, string value, bool matches) =>
        Assert.Equal(matches, Facts.Match(StringMatchKind.Regex, pattern).Matches(value));

    [Fact]
    public void An_expression_that_backtracks_elsewhere_is_answered_in_linear_time()
    {
        Assert.Null(RegexDialect.Check("(a|aa)+(b|bb)*c"));
        var match = Facts.Match(StringMatchKind.Regex, "(a|aa)+(b|bb)*c");
        var watch = Stopwatch.StartNew();

        // Elsewhere it would take longer than the universe has.
        Assert.False(match.Matches(new string('a', 2000)));
        Assert.True(watch.Elapsed < Patience.WithATask, $"it took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("((a{100}){100}){100}")]
    [InlineData("(((((((x*){99}){99}){99}){99}){99}){99}){99}")]
    [InlineData("(a?){1000}(a?){1000}")]
    public void What_writes_out_to_more_than_the_engine_takes_is_refused_at_once(string pattern)
    {
        var watch = Stopwatch.StartNew();

        Assert.Equal("is too large: with its repetitions written out it is longer than the engine takes", RegexDialect.Check(pattern));
        Assert.True(watch.Elapsed < Patience.WithATask, $"it took {watch.Elapsed}");
    }

    [Fact]
    public void An_expression_that_was_refused_makes_no_matcher() =>
        Assert.Throws<ArgumentException>(() => Facts.Match(StringMatchKind.Regex, "a)|(?:b"));
}
