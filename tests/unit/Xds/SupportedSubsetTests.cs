using Intercept.Xds.Reading;
using Intercept.Xds.Wire;

namespace Intercept.Tests.Unit.Xds;

/// <summary>The page about what is supported says what the code does, and the tables hold together.</summary>
public sealed class SupportedSubsetTests
{
    [Fact]
    public void The_page_is_as_the_code_is()
    {
        var file = Path.Combine(Repository.Root, "proxy/XDS.md");
        var text = SubsetPage.Render();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{file} is missing: run with UPDATE_GOLDEN=1, and read what it writes");
        Assert.Equal(File.ReadAllText(file), text);
    }

    [Fact]
    public void What_is_ignored_is_a_field_that_a_reader_could_meet()
    {
        var fields = UnsupportedFields.Messages.SelectMany(message => UnsupportedFields.Of(message).Select(field => $"{message}.{field.Key}")).ToHashSet();
        Assert.Empty(IgnoredFields.All.Select(field => field.Key).Except(fields));
    }

    [Fact]
    public void A_number_is_one_field()
    {
        foreach (var message in UnsupportedFields.Messages)
        {
            var numbers = UnsupportedFields.Of(message).Select(field => field.Value).ToList();
            Assert.Equal(numbers.Distinct().Count(), numbers.Count);
        }

        foreach (var type in SubsetPage.Messages())
        {
            var ours = type.Fields.InDeclarationOrder().ToDictionary(field => field.FieldNumber, field => field.Name);
            foreach (var (name, number) in UnsupportedFields.Of(type.FullName))
            {
                Assert.True(!ours.TryGetValue(number, out var own) || own == name, $"{type.FullName}: {number} is {own} and {name}");
            }
        }
    }

    [Fact]
    public void Every_table_is_of_a_message_that_is_looked_into()
    {
        var looked = SubsetPage.Messages().Select(type => type.FullName).ToHashSet();
        Assert.Empty(UnsupportedFields.Messages.Except(looked));
    }

    [Fact]
    public void A_message_is_known_by_every_number_that_our_proto_has() => Assert.All(
        SubsetPage.Messages(),
        type => Assert.All(type.Fields.InDeclarationOrder(), field => Assert.Equal(field.Name, WireMessage.Of(type).Find(field.FieldNumber)!.Name)));
}
