//! Label selectors, with the syntax and the error messages of k8s.io/apimachinery's `labels`.

/// Requirements that must all be satisfied.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::demo) struct LabelSelector(Vec<Requirement>);

#[derive(Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl LabelSelector {
    /// Parses a selector; the error is the API server's sentence.
    pub(in crate::demo) fn parse(text: &str) -> Result<LabelSelector, String> {
        let tokens = lex(text)?;
        Parser { tokens, next: 0 }.selector()
    }

    /// Whether these labels satisfy every requirement.
    pub(in crate::demo) fn matches(&self, labels: &[(String, String)]) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels.iter().find(|(key, _)| *key == requirement.key).map(|(_, v)| v);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            match &requirement.test {
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
                Test::In(values) => value.is_some_and(|value| values.contains(value)),
                // A missing label satisfies != and notin.
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Test::Above(bound) => number().is_some_and(|number| number > *bound),
                Test::Below(bound) => number().is_some_and(|number| number < *bound),
            }
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Symbol(&'static str),
    End,
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Token::Word(word) => word,
            Token::Symbol(symbol) => symbol,
            Token::End => "",
        }
    }
}

fn lex(text: &str) -> Result<Vec<Token>, String> {
    const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", ">", "<", "(", ")", ","];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            tokens.push(Token::Symbol(symbol));
            rest = &rest[symbol.len()..];
        } else if first.is_whitespace() {
            rest = rest.trim_start();
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "=!><(),".contains(c))
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    if tokens.len() > 10_000 {
        return Err("selector is too long".to_owned());
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn peek(&self) -> Token {
        self.tokens.get(self.next).cloned().unwrap_or(Token::End)
    }

    fn take(&mut self) -> Token {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn selector(mut self) -> Result<LabelSelector, String> {
        let mut requirements = Vec::new();
        loop {
            match self.peek() {
                Token::Word(_) | Token::Symbol("!") => {
                    let requirement = self
                        .requirement()
                        .map_err(|error| format!("unable to parse requirement: {error}"))?;
                    requirements.push(requirement);
                    match self.take() {
                        Token::End => return Ok(LabelSelector(requirements)),
                        Token::Symbol(",") => match self.peek() {
                            Token::Word(_) | Token::Symbol("!") => {}
                            other => {
                                return Err(found(&other, ", expected: identifier after ','"));
                            }
                        },
                        other => return Err(found(&other, ", expected: ',' or 'end of string'")),
                    }
                }
                Token::End => return Ok(LabelSelector(requirements)),
                other @ Token::Symbol(_) => {
                    return Err(found(&other, ", expected: !, identifier, or 'end of string'"));
                }
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let absent = self.peek() == Token::Symbol("!");
        if absent {
            self.take();
        }
        let key = match self.take() {
            Token::Word(key) => key,
            other => return Err(found(&other, ", expected: identifier")),
        };
        check_key(&key)?;
        if absent {
            return Ok(Requirement { key, test: Test::Absent });
        }
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return Ok(Requirement { key, test: Test::Exists });
        }
        let operator = self.take();
        let test = match operator.text() {
            "in" => Test::In(self.values()?),
            "notin" => Test::NotIn(self.values()?),
            "=" | "==" => Test::In(vec![self.value()?]),
            "!=" => Test::NotIn(vec![self.value()?]),
            ">" => Test::Above(self.number()?),
            "<" => Test::Below(self.number()?),
            _ => return Err(found(&operator, ", expected: in, notin, =, ==, !=, gt, lt")),
        };
        Ok(Requirement { key, test })
    }

    fn value(&mut self) -> Result<String, String> {
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return Ok(String::new());
        }
        match self.take() {
            Token::Word(value) => {
                check_value(&value)?;
                Ok(value)
            }
            other => Err(found(&other, ", expected: identifier")),
        }
    }

    fn number(&mut self) -> Result<i64, String> {
        let value = self.value()?;
        value.parse().map_err(|_| {
            "values[0]: Invalid value: for 'Gt', 'Lt' operators, the value must be an integer"
                .to_owned()
        })
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        let open = self.take();
        if open != Token::Symbol("(") {
            return Err(found(&open, " expected: '('"));
        }
        let mut values = Vec::new();
        // An empty item, as in `(a,)`, is the empty value.
        let mut pending = true;
        loop {
            match self.take() {
                Token::Word(value) => {
                    check_value(&value)?;
                    values.push(value);
                    pending = false;
                }
                Token::Symbol(",") => {
                    if pending {
                        values.push(String::new());
                    }
                    pending = true;
                }
                Token::Symbol(")") => {
                    if pending && !values.is_empty() {
                        values.push(String::new());
                    }
                    return Ok(values);
                }
                other => return Err(found(&other, ", expected: ',', or ')'")),
            }
        }
    }
}

fn found(token: &Token, expected: &str) -> String {
    format!("found '{}'{expected}", token.text())
}

fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

fn check_key(key: &str) -> Result<(), String> {
    let name = key.split_once('/').map_or(key, |(_, name)| name);
    if is_name(name) {
        return Ok(());
    }
    Err(format!(
        "key: Invalid value: \"{key}\": name part must consist of alphanumeric characters, '-', \
         '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or \
         'my.name',  or '123-abc', regex used for validation is \
         '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    ))
}

fn check_value(value: &str) -> Result<(), String> {
    if value.is_empty() || is_name(value) {
        return Ok(());
    }
    Err(format!(
        "values[0][]: Invalid value: \"{value}\": a valid label must be an empty string or consist \
         of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
         character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
         '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<(String, String)> {
        [("app", "cart"), ("tier", "web"), ("app.kubernetes.io/name", "cart")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .to_vec()
    }

    #[test]
    fn requirements_are_evaluated() {
        for (selector, expected) in [
            ("", true),
            ("app=cart", true),
            ("app==cart", true),
            ("app = cart , tier", true),
            ("app.kubernetes.io/name=cart", true),
            ("app!=cart", false),
            ("other!=cart", true),
            ("app in (cart,checkout)", true),
            ("app in (checkout)", false),
            ("app notin (checkout)", true),
            ("other notin (checkout)", true),
            ("other", false),
            ("!other", true),
            ("!app", false),
            ("app=", false),
            ("in in (in)", false),
        ] {
            let parsed = LabelSelector::parse(selector).unwrap();
            assert_eq!(parsed.matches(&labels()), expected, "{selector}");
        }
    }

    #[test]
    fn invalid_selectors_are_named_in_the_error() {
        for (selector, expected) in [
            ("app in cart", "unable to parse requirement: found 'cart' expected: '('"),
            (
                "app cart",
                "unable to parse requirement: found 'cart', expected: in, notin, =, ==, !=, gt, lt",
            ),
            ("app=cart tier", "found 'tier', expected: ',' or 'end of string'"),
            ("=cart", "found '=', expected: !, identifier, or 'end of string'"),
            ("app=cart,", "found '', expected: identifier after ','"),
            ("app=(", "unable to parse requirement: found '(', expected: identifier"),
        ] {
            assert_eq!(LabelSelector::parse(selector).unwrap_err(), expected, "{selector}");
        }
        assert!(LabelSelector::parse("-app=x").unwrap_err().contains("name part must consist"));
        assert!(LabelSelector::parse("app=x*").unwrap_err().contains("a valid label must be"));
    }
}
