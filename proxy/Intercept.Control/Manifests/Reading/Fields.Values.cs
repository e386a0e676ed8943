using System.Globalization;
using Intercept.Control.Model;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests.Reading;

/// <content>The types that a field may have.</content>
internal sealed partial class Fields
{
    public string? Text(string name, TextForm? form = null) => Find(name) is { } node ? TextOf(node, name, form ?? Forms.Any) : null;

    /// <summary>Empty when it is missing, which is then reported.</summary>
    public string RequiredText(string name, TextForm form)
    {
        Require(name, form.Allowed.Length == 0 ? "text" : form.Allowed);
        return Text(name, form) ?? "";
    }

    public T? Parsed<T>(string name, ParsedForm<T> form)
        where T : struct => Find(name) is { } node ? ParsedOf(node, name, form) : null;

    public TimeSpan? Duration(string name) => Parsed(name, Forms.Duration);

    public bool? Flag(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case ScalarNode { IsBool: true } scalar:
                return scalar.Text == "true";
            case var node:
                Report(node.Line, name, Form.Text(node), "is not true or false", "true or false, without quotes");
                return null;
        }
    }

    public long? Integer(string name, long minimum, long maximum) => Find(name) is { } node ? IntegerOf(node, name, minimum, maximum) : null;

    public uint? Count(string name) => (uint?)Integer(name, 0, uint.MaxValue);

    public int? Port(string name) => (int?)Integer(name, 1, ushort.MaxValue);

    public double? Number(string name, double minimum, double maximum)
    {
        if (Find(name) is not { } node)
        {
            return null;
        }

        if (node is ScalarNode { IsText: false } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        Report(node.Line, name, Form.Text(node), "is not a number that is allowed here", $"a number from {minimum} to {maximum}, without quotes");
        return null;
    }

    /// <summary>One of a few words; the default value of its type when it is absent.</summary>
    public T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Find(name) is not { } node)
        {
            return default!;
        }

        var text = (node as ScalarNode)?.Text;
        var words = new List<string>(choices.Length);
        foreach (var (word, value) in choices)
        {
            if (word == text)
            {
                return value;
            }

            words.Add(word);
        }

        Report(node.Line, name, Form.Text(node), "is not one of the words for this", string.Join(", ", words));
        return default!;
    }

    public ValueList<string> Texts(string name, TextForm? form = null) =>
        List(name, (node, place) => TextOf(node, place, form ?? Forms.NotEmpty)).Where(text => text is not null).Select(text => text!).ToValueList();

    public ValueList<T> ParsedTexts<T>(string name, ParsedForm<T> form)
        where T : struct => List(name, (node, place) => ParsedOf(node, place, form)).Where(value => value is not null).Select(value => value!.Value).ToValueList();

    /// <summary>A mapping below this one; null when it is absent.</summary>
    public T? Object<T>(string name, Func<Fields, T?> read)
        where T : class => Find(name) is { } node ? Read(Scope, node, PathOf(name), read) : null;

    /// <summary>A list of mappings. Items that are wrong are left out.</summary>
    public ValueList<T> Objects<T>(string name, Func<Fields, T?> read)
        where T : class =>
        List(name, (node, place) => Read(Scope, node, PathOf(place), read)).Where(item => item is not null).Select(item => item!).ToValueList();

    public ValueMap<string> TextMap(string name, TextForm keys, TextForm values) =>
        Map(name, keys, (node, place) => TextOf(node, place, values));

    public ValueMap<T> Map<T>(string name, TextForm keys, Func<ConfigNode, string, T?> read)
        where T : class
    {
        switch (Find(name))
        {
            case null:
                return default;
            case MappingNode mapping:
                var entries = new Dictionary<string, T>();
                foreach (var entry in mapping.Entries)
                {
                    var place = $"{name}[{entry.Key}]";
                    if (!keys.IsValid(entry.Key))
                    {
                        Report(entry.Line, name, entry.Key, keys.Why, keys.Allowed);
                    }
                    else if (entries.ContainsKey(entry.Key))
                    {
                        Report(entry.Line, place, null, "is there twice", null);
                    }
                    else if (read(entry.Value, place) is { } value)
                    {
                        entries.Add(entry.Key, value);
                    }
                }

                return new ValueMap<T>(entries);
            case var node:
                Report(node.Line, name, Form.Text(node), $"is {Form.Kind(node)}", "names with values");
                return default;
        }
    }

    public string? TextOf(ConfigNode node, string place, TextForm form)
    {
        if (node is not ScalarNode scalar || scalar.IsNull)
        {
            Report(node.Line, place, null, $"is {Form.Kind(node)}", "text");
        }
        else if (!PlainText.Is(scalar))
        {
            Report(node.Line, place, scalar.Text, "is not text to kubectl", $"text: put it in quotes (\"{scalar.Text}\")");
        }
        else if (!form.IsValid(scalar.Text))
        {
            Report(node.Line, place, Form.Text(node), form.Why, form.Allowed);
        }
        else
        {
            return scalar.Text;
        }

        return null;
    }

    public long? IntegerOf(ConfigNode node, string place, long minimum, long maximum)
    {
        if (node is ScalarNode { IsText: false } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        Report(node.Line, place, Form.Text(node), node is ScalarNode { IsText: true } ? "is text" : "is not a number that is allowed here",
            $"a whole number from {minimum} to {maximum}, without quotes");
        return null;
    }

    public T? ParsedOf<T>(ConfigNode node, string place, ParsedForm<T> form)
        where T : struct
    {
        // A port or a duration in a list of texts is text, though YAML may take it for a number: TextOf says so.
        if (TextOf(node, place, Forms.Any) is not { } text)
        {
            return null;
        }

        if (form.Parse(text, out var value))
        {
            return value;
        }

        Report(node.Line, place, Form.Text(node), form.Why, form.Allowed);
        return null;
    }

    public IEnumerable<T> List<T>(string name, Func<ConfigNode, string, T> read)
    {
        switch (Find(name))
        {
            case null:
                return [];
            case SequenceNode sequence:
                return [.. sequence.Items.Select((item, index) => read(item, $"{name}[{index}]"))];
            case var node:
                Report(node.Line, name, Form.Text(node), $"is {Form.Kind(node)}", "a list");
                return [];
        }
    }
}
